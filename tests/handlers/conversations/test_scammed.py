"""Who gave a code away is told at once what to do, before anything is asked."""

import pytest

from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(
    "typed", ["/luadao", "tôi lỡ đưa mã OTP rồi", "toi bi lua roi", "bà ngoại em lỡ đọc mã otp cho người ta"]
)
async def test_what_to_do_comes_first(lan: Citizen, typed: str) -> None:
    await lan.says("/start", "1", typed)

    told = lan.hears_last("scammed.steps")
    assert told.text.index("ngân hàng") < told.text.index("Báo công an")
    assert "113" in told.text
    assert told.options[:2] == ("Gặp cán bộ", "Tin này có thật không?")
