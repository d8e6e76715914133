"""The administrator who comes back from Zalo's consent: the code becomes tokens, if it is ours."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bot.channels.zalo_oa import consent
from bot.channels.zalo_oa.client import App, Bases, ZaloClient
from bot.channels.zalo_oa.renewals import CHANNEL
from bot.channels.zalo_oa.tokens import NEEDS_REAUTH, Tokens
from bot.platforms.zalo_consent import ConsentRoute
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.settings import APP_ID, APP_SECRET, OA_ID
from storage.database import Unit
from storage.queries.outgoing import tokens
from storage.vault import Vault
from tests.kit.town import Town

VERIFIER, STATE = consent.new_verifier(), "a-state-of-a-test"
Web = TestClient[Request, Application]


@pytest.fixture
async def zalo(town: Town) -> AsyncIterator[FakeZaloOa]:
    async with fake_zalo_oa(clock=town.clock) as zalo:
        yield zalo


@pytest.fixture
async def client(town: Town, zalo: FakeZaloOa) -> AsyncIterator[ZaloClient]:
    made = ZaloClient(Bases(zalo.openapi, zalo.oauth, zalo.business), App(APP_ID, APP_SECRET), town.clock)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def held(town: Town, client: ZaloClient) -> Tokens:
    return Tokens(town.database, town.office.master, town.clock, client)


@pytest.fixture
async def web(town: Town, client: ZaloClient, held: Tokens) -> AsyncIterator[Web]:
    """The route, opened, and a consent that was asked for."""

    def ask(unit: Unit) -> None:
        tokens.ask_consent(unit, Vault(unit, town.office.master), CHANNEL, VERIFIER, STATE, town.clock.now())

    await town.database.write(ask)
    app = Application()
    ConsentRoute(town.database, town.office, town.clock, OA_ID, client.exchange, held.look).add_to(app)
    async with TestClient(TestServer(app)) as web:
        yield web


async def comes_back(web: Web, **query: str) -> tuple[int, str]:
    async with web.get(consent.CALLBACK, params=query) as answer:
        return answer.status, await answer.text()


async def test_a_consent_becomes_tokens_whose_age_is_known(
    town: Town, zalo: FakeZaloOa, held: Tokens, web: Web
) -> None:
    await held.look()
    before = held.reasons()
    code = zalo.world.tokens.consent(consent.challenge(VERIFIER))

    status, said = await comes_back(web, code=code, oa_id=OA_ID, state=STATE)

    assert (status, before, held.reasons()) == (200, [NEEDS_REAUTH], [])
    assert said == "\n".join(town.office.texts.sentence(language, "zalo.consent_kept") for language in ("vi", "en"))
    assert await held.access() == zalo.world.tokens.current
    assert zalo.world.tokens.presented == []


async def test_a_code_counts_once(zalo: FakeZaloOa, held: Tokens, web: Web) -> None:
    code = zalo.world.tokens.consent(consent.challenge(VERIFIER))

    both = [await comes_back(web, code=code, oa_id=OA_ID, state=STATE) for _ in range(2)]

    assert [status for status, _ in both] == [200, 400]
    assert await held.access() == zalo.world.tokens.current


@pytest.mark.parametrize("wrong", [{"state": "x"}, {"state": ""}, {"oa_id": "77"}, {"code": ""}, {"code": "none"}])
async def test_what_we_did_not_ask_for_is_refused(
    zalo: FakeZaloOa, held: Tokens, web: Web, wrong: dict[str, str]
) -> None:
    code = zalo.world.tokens.consent(consent.challenge(VERIFIER))

    status, _ = await comes_back(web, **({"code": code, "oa_id": OA_ID, "state": STATE} | wrong))

    await held.look()
    assert (status, held.reasons()) == (400, [NEEDS_REAUTH])
    assert len([call for call in zalo.calls if call.path == faults.TOKEN]) == (wrong == {"code": "none"})


async def test_while_zalo_is_away_the_consent_can_be_given_again(zalo: FakeZaloOa, held: Tokens, web: Web) -> None:
    code = zalo.world.tokens.consent(consent.challenge(VERIFIER))

    async with zalo.away():
        away, _ = await comes_back(web, code=code, oa_id=OA_ID, state=STATE)
    status, _ = await comes_back(web, code=code, oa_id=OA_ID, state=STATE)

    assert (away, status, held.reasons()) == (503, 200, [])
