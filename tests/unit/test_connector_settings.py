"""What every connector's settings refuse."""

import pytest
from pydantic import ValidationError

from shopbridge.connectors.spec import ConnectorSettings


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/de/",
        "https://bücher.example",
        "https://[2606:4700::1111]:443/x",
        "http://127.0.0.1:8000",
    ],
)
def test_an_address_may_have_a_port_and_a_path(url: str) -> None:
    assert ConnectorSettings(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "https://:443",
        "https://name:password@shop.example",
        "https://shop.example@inside.example",
        "https://shop.example:port",
        "https://shop\\.example",
        "https://%31%32%37.0.0.1",
        "https://[fe80::1%25eth0]",
        "https://shop.example/?page=1",
    ],
)
def test_an_address_with_credentials_or_anything_odd_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        ConnectorSettings(url=url)
