"""No test leaves this machine."""

import asyncio

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
async def test_an_address_elsewhere_is_refused(host: str) -> None:
    with pytest.raises(PermissionError):
        await asyncio.open_connection(host, 80)
