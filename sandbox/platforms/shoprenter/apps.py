"""A platform app comes into the shop: the signed calls to its addresses (platform file, "App install handshake")."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

import httpx

from sandbox.platforms.shoprenter.auth import Client
from sandbox.platforms.shoprenter.state import Shop

TIMEOUT: Final = httpx.Timeout(10)
ORDERS: Final = {"text": ("code", "shopname", "timestamp"), "demo apps": ("shopname", "code", "timestamp")}
"""In which order the parameters are signed, by the source that says so: the documentation or both demo apps."""
SignedOrder = Literal["text", "demo apps"]


class InstallRefusedError(Exception):
    """The app did not send the browser to the shop's address; it is not installed."""


@dataclass
class Apps:
    """The shop's calls to one app.

    Args:
        client: The app's credentials; its secret signs.
        call: Makes a call, without following a redirect.
        signed_order: Which of the orders this shop signs in.
    """

    shop: Shop
    client: Client
    call: Callable[[httpx.Request], httpx.Response]
    signed_order: SignedOrder = "text"

    @property
    def app_url(self) -> str:
        """Where an installed app is opened."""
        return f"https://{self.shop.name}.myshoprenter.hu/admin/app/{self.client.id}"

    def install(self, redirect_uri: str) -> httpx.Response:
        """The owner installs the app; its credentials work from this call on.

        Raises:
            InstallRefusedError: It answered with anything but a redirect to ``app_url``.
        """
        self.client.installed = True
        query = {**self._signed(), "app_url": self.app_url}
        answer = self.call(httpx.Request("GET", _with(redirect_uri, query)))
        if not answer.is_redirect or not answer.headers["location"].startswith(self.app_url):
            self.client.installed = False
            raise InstallRefusedError(f"The app answered {answer.status_code}: {answer.text}")
        return answer

    def open(self, entry_point: str) -> httpx.Response:
        """The owner opens the app."""
        return self.call(httpx.Request("GET", _with(entry_point, self._signed())))

    def uninstall(self, uninstall_uri: str) -> httpx.Response:
        """The owner removes it; its credentials are worth nothing from then on."""
        self.client.installed = False
        return self.call(httpx.Request("GET", _with(uninstall_uri, self._signed())))

    def _signed(self) -> dict[str, str]:
        return signed(self.shop.name, self.client.secret, int(self.shop.clock().timestamp()), self.signed_order)


def signed(shop: str, secret: str, timestamp: int, order: SignedOrder, code: str = "") -> dict[str, str]:
    """The four parameters of a call: the hex HMAC covers the other three, and never ``app_url``."""
    values = {"shopname": shop, "code": code or secrets.token_hex(16), "timestamp": str(timestamp)}
    text = urlencode({name: values[name] for name in ORDERS[order]})
    return {**values, "hmac": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
