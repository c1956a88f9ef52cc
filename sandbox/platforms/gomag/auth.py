"""Who may call: the three headers, and what a key is permitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.platforms.gomag import inferred
from sandbox.platforms.gomag.errors import ApiError, denied, missing_user


@dataclass
class Key:
    """An API key.

    Args:
        forbidden: What it may not: an area (``order``), an area's reads or writes (``order:write``) or one
            method (``order/status/json``).
    """

    value: str
    forbidden: set[str] = field(default_factory=set)

    def require(self, area: str, kind: str, path: str) -> None:
        """Nothing, when the key may.

        Raises:
            ApiError: 331.
        """
        if self.forbidden & {area, f"{area}:{kind}", path}:
            raise denied()


@dataclass
class Access:
    """The keys of one shop; none counts while they are ``withheld``."""

    shop: str
    wrong_key_is_401: bool
    keys: dict[str, Key] = field(default_factory=dict)
    withheld: bool = False

    def add(self, value: str, forbidden: Iterable[str] = ()) -> Key:
        """Make a key."""
        self.keys[value] = Key(value, set(forbidden))
        return self.keys[value]

    def caller(self, headers: Mapping[str, str]) -> Key:
        """The key a call came with; header names are lower-case.

        Raises:
            ApiError: It has none, a wrong one, or calls itself Postman.
        """
        agent = headers.get("user-agent", "")
        if not agent or agent.startswith("PostmanRuntime"):
            raise ApiError(str(inferred.POSTMAN_STATUS), "Forbidden", inferred.POSTMAN_STATUS)
        value, shop = headers.get("apikey", ""), headers.get("apishop", "")
        if not value or not shop:
            raise missing_user()
        if shop != self.shop or value not in self.keys or self.withheld:
            raise ApiError(inferred.WRONG_KEY, "Invalid Api User", 401 if self.wrong_key_is_401 else 200)
        return self.keys[value]
