"""One word a thing: no name of a class stands for two things in the product."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_no_name_of_a_class_stands_for_two_things() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for package in ("bot", "handlers", "storage"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(file.relative_to(ROOT)))

    assert len(found) > 300
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
