"""The document of the HTTP contract: whole, well formed, and about exactly what is served."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.house import House, open_house, visit

# With every channel on; nobody is there.
TELEGRAM = {
    "TELEGRAM_BOT_TOKEN": "100001:" + "T" * 35,
    "TELEGRAM_API_BASE": "http://127.0.0.1:9",
    "TELEGRAM_MODE": "webhook",
    "TELEGRAM_WEBHOOK_SECRET": "s" * 40,
    "ZALO_OA_ID": "1",
    "ZALO_OA_APP_ID": "2",
    "ZALO_OA_APP_SECRET": "s" * 20,
    "ZALO_OA_SECRET_KEY": "k" * 20,
    **dict.fromkeys(("ZALO_OPENAPI_BASE", "ZALO_OAUTH_BASE", "ZALO_BUSINESS_BASE"), "http://127.0.0.1:9"),
    "ZALO_BOT_TOKEN": "1" * 20,
    "ZALO_BOT_API_BASE": "http://127.0.0.1:9",
    "ZALO_BOT_MODE": "webhook",
    "ZALO_BOT_WEBHOOK_SECRET": "s" * 40,
}
TYPES = {"string", "object", "array", "boolean", "integer", "number"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, **TELEGRAM) as house:  # type: ignore[arg-type]  # settings, all of them words
        yield house


@pytest.fixture
async def document(house: House) -> Any:
    async with visit(house) as program:
        return (await program.gets("/openapi.json")).json


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def schemas(node: object) -> Iterator[dict[str, Any]]:
    """Every schema of the document, also those inside others."""
    if isinstance(node, dict):
        if isinstance(schema := node.get("schema"), dict):
            yield from parts(schema)
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from parts(inner)


async def test_every_route_that_is_served_is_described_and_no_other(house: House, document: Any) -> None:
    served = {
        (route.resource.canonical, route.method)
        for route in house.service.site().router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert {(path, method.upper()) for path, method, _ in operations(document)} == served


async def test_it_has_what_an_openapi_document_must_have(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version"}
    for path, _, operation in operations(document):
        assert path.startswith("/")
        assert operation["summary"]
        assert operation["responses"]
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[1-5][0-9][0-9]", status)
            assert answer["description"]


async def test_the_parameters_of_a_path_are_all_described(document: Any) -> None:
    for path, _, operation in operations(document):
        parameters = operation.get("parameters", [])
        assert all(p.keys() >= {"name", "in", "schema"} for p in parameters)
        named = {p["name"] for p in parameters if p["in"] == "path" and p["required"]}
        assert named == set(re.findall(r"{(\w+)}", path))


async def test_every_schema_is_well_formed_and_points_nowhere_else(document: Any) -> None:
    found = list(schemas(document))

    assert len(found) > 20
    for schema in found:
        assert "$ref" not in schema
        assert schema.get("type") in TYPES or "enum" in schema, schema
        assert set(schema.get("required", [])) <= set(schema.get("properties", {}))
        assert ("items" in schema) == (schema.get("type") == "array")


async def test_a_line_that_is_answered_is_as_described(house: House, document: Any) -> None:
    content = document["paths"]["/chat/messages"]["get"]["responses"]["200"]["content"]["application/json"]
    described = content["schema"]["properties"]["messages"]["items"]
    async with visit(house) as lan:
        await lan.says("/start")
        for line in await lan.reads():
            assert set(described["required"]) <= line.keys() <= set(described["properties"])


async def test_what_may_be_posted_is_as_described(house: House, document: Any) -> None:
    content = document["paths"]["/chat/messages"]["post"]["requestBody"]["content"]
    described = content["application/json"]["schema"]

    assert content.keys() == {"application/json", "multipart/form-data"}
    assert described["additionalProperties"] is False
    async with visit(house) as lan:
        for way in described["oneOf"]:
            body = dict.fromkeys((*way["required"], "id"), "x")
            assert body.keys() <= described["properties"].keys()
            assert (await lan.posts(body)).status == 202
