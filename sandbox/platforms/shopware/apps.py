"""Installing apps: the registration handshake and what an installed app may do."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from sandbox.platforms.shopware.auth import Access, Integration
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.values import make_id, php_json
from sandbox.platforms.shopware.webhooks import Subscriber, Webhooks, sign

TIMEOUT = 5.0
SECRET_LENGTHS = range(64, 256)


class RegistrationFailedError(Exception):
    """The app did not answer the handshake as documented; nothing was changed."""


@dataclass
class App:
    """An app and, once registered, its credentials.

    Args:
        secret: The app secret, known to its maker and the shop.
        subscriber: Holds the shop secret that signs webhooks.
    """

    name: str
    secret: str
    registration_url: str
    integration: Integration
    subscriber: Subscriber
    version: str = "1.0.0"


@dataclass
class Apps:
    """The apps of a shop."""

    shop: Shop
    shop_id: str
    access: Access
    webhooks: Webhooks
    call: Callable[[httpx.Request], httpx.Response]
    installed: dict[str, App] = field(default_factory=dict)

    def install(
        self,
        name: str,
        secret: str,
        registration_url: str,
        webhooks: Iterable[tuple[str, str]] = (),
        permissions: Iterable[str] | None = None,
    ) -> App:
        """Install an app: register it, then subscribe its webhooks (pairs of event and URL).

        Raises:
            RegistrationFailedError: The app refused or answered wrongly.
        """
        key = f"SWIA{make_id(self.shop.key, 'app', name)[:22].upper()}"
        rights = None if permissions is None else frozenset(permissions)
        integration = Integration(key, self._new_secret(name), rights)
        app = App(name, secret, registration_url, integration, Subscriber(name, "", "1.0.0", rights))
        app.subscriber.secret = self._register(app, integration.secret_key)
        self.access.integrations[key] = integration
        self.installed[name] = app
        for event, url in webhooks:
            self.webhooks.subscribe(event, url, app.subscriber)
        return app

    def reregister(self, name: str) -> App:
        """Register an installed app again, as after an update, a move, or to rotate the secret.

        The access key stays, its secret key and the shop secret are new. [inferred: secret key]

        Raises:
            RegistrationFailedError: The app refused or answered wrongly; the old secrets stay valid.
        """
        app = self.installed[name]
        secret_key = self._new_secret(name)
        app.subscriber.secret = self._register(app, secret_key)
        app.integration.secret_key = secret_key
        for webhook in self.webhooks.subscriptions:
            if webhook.subscriber is app.subscriber:
                webhook.active, webhook.error_count = True, 0
        return app

    def switch(self, name: str, *, active: bool) -> None:
        """Activate or deactivate an app; an inactive one gets neither tokens nor webhooks."""
        app = self.installed[name]
        app.integration.active = app.subscriber.active = active

    def _register(self, app: App, secret_key: str) -> str:
        """The handshake; returns the new shop secret."""
        answer = self._ask(app)
        shop_secret = self._check(app, answer)
        self._confirm(app, answer["confirmation_url"], shop_secret, secret_key)
        return shop_secret

    def _ask(self, app: App) -> dict[str, Any]:
        query = registration_query(self.shop_id, self.shop.url, int(self.shop.clock().timestamp()))
        joint = "&" if "?" in app.registration_url else "?"
        request = httpx.Request("GET", f"{app.registration_url}{joint}{query}")
        signed = request.url.query
        request.headers["shopware-app-signature"] = sign(signed, app.secret)
        if app.subscriber.secret and self.shop.version.signs_again_at_registration:
            request.headers["shopware-shop-signature"] = sign(signed, app.subscriber.secret)
        response = self._send(request)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if response.status_code != httpx.codes.OK or not isinstance(answer, dict) or "error" in answer:
            raise RegistrationFailedError(f"The app answered {response.status_code}: {response.text}")
        return answer

    def _check(self, app: App, answer: dict[str, Any]) -> str:
        """Check proof and secret of the app's answer."""
        expected = proof(self.shop_id, self.shop.url, app.name, app.secret)
        if not hmac.compare_digest(expected, str(answer.get("proof"))):
            raise RegistrationFailedError("The proof is wrong")
        shop_secret = answer.get("secret")
        if not isinstance(shop_secret, str) or len(shop_secret) not in SECRET_LENGTHS:
            raise RegistrationFailedError("The secret has to be 64 to 255 characters long")
        if shop_secret == app.subscriber.secret:
            raise RegistrationFailedError("The secret has to differ from the last one")
        if not isinstance(answer.get("confirmation_url"), str):
            raise RegistrationFailedError("The confirmation_url is missing")
        return shop_secret

    def _confirm(self, app: App, url: str, shop_secret: str, secret_key: str) -> None:
        body = php_json(
            {
                "apiKey": app.integration.access_key,
                "secretKey": secret_key,
                "timestamp": str(int(self.shop.clock().timestamp())),
                "shopUrl": self.shop.url,
                "shopId": self.shop_id,
            }
        )
        headers = {"Content-Type": "application/json", "shopware-shop-signature": sign(body, shop_secret)}
        if app.subscriber.secret and self.shop.version.signs_again_at_registration:
            headers["shopware-shop-signature-previous"] = sign(body, app.subscriber.secret)
        response = self._send(httpx.Request("POST", url, headers=headers, content=body))
        if not response.is_success:
            raise RegistrationFailedError(f"The confirmation was answered {response.status_code}")

    def _send(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = httpx.Timeout(TIMEOUT).as_dict()
        try:
            return self.call(request)
        except httpx.TransportError as error:
            raise RegistrationFailedError(f"The app cannot be reached: {error}") from error

    def _new_secret(self, name: str) -> str:
        return make_id(self.shop.key, "secret key", name, self.shop.count("secret key"))


def registration_query(shop_id: str, shop_url: str, timestamp: int) -> str:
    """The query of the registration call; the app secret signs exactly this text."""
    safe = "/:"
    return f"shop-id={quote(shop_id, safe)}&shop-url={quote(shop_url, safe)}&timestamp={timestamp}"


def proof(shop_id: str, shop_url: str, app_name: str, app_secret: str) -> str:
    """What the app has to answer to show that it knows the app secret."""
    return sign(f"{shop_id}{shop_url}{app_name}".encode(), app_secret)
