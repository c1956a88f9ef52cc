"""Who may call: Basic credentials of the account or of one connector, from an address that is on the list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.platforms.cloudsales.errors import UNAUTHORISED_STATUS, ApiError
from sandbox.platforms.cloudsales.inferred import FORBIDDEN, UNAUTHORISED, Assumed
from sandbox.platforms.kit.credentials import basic

MODULES = ("marketplace", "product", "invoices", "proformas", "contacts")
ALL_RIGHTS = frozenset(f"{module}[GET]" for module in MODULES)
"""Rights are named per module and method (client B3)."""


@dataclass
class User:
    """A user and a password.

    Args:
        connector: The only connector it may call, and nothing else; None is a user of the account.
        rights: Of a user of the account, such as ``product[GET]``.
        refused: Refused log-ins in a row.
    """

    name: str
    password: str
    connector: int | None = None
    rights: frozenset[str] = ALL_RIGHTS
    refused: int = 0


@dataclass
class Access:
    """The users and the addresses they may call from.

    Args:
        addresses: The allow-list.
        learns: The mode that puts every caller's address on the list; it should be off (client B3).
        refusals: How many calls got a 401 so far.
        withheld: Nobody is let in; that locks no user.
    """

    assumed: Assumed
    addresses: set[str] = field(default_factory=set)
    learns: bool = False
    refusals: int = 0
    users: dict[str, User] = field(default_factory=dict)
    withheld: bool = False

    def add(self, user: User) -> User:
        """Let one more user in."""
        self.users[user.name] = user
        return user

    def admit(self, headers: Mapping[str, str], address: str, *, connector: int | None) -> User:
        """The caller, when it may call this part of the API.

        Args:
            connector: The one whose address is called; None is the rest of the API.

        Raises:
            ApiError: 401, whatever the cause is.
        """
        name, password = basic(headers.get("authorization", "")) or ("", "")
        user = None if self.withheld else self.users.get(name)
        if user is None or not self._is_admitted(user, password, address, connector):
            raise self.refuse(user)
        user.refused = 0
        return user

    def refuse(self, user: User | None = None) -> ApiError:
        """A 401; enough of them lock the user."""
        self.refusals += 1
        if user is not None:
            user.refused += 1
        return ApiError(UNAUTHORISED, status=UNAUTHORISED_STATUS)

    def check_right(self, user: User, pattern: str) -> None:
        """Refuse to read a module the user has no right for.

        Raises:
            ApiError: With the account's status for it.
        """
        if f"{pattern.partition('/')[0]}[GET]" not in user.rights:
            raise ApiError(FORBIDDEN, status=self.assumed.missing_right_status)

    def _is_admitted(self, user: User, password: str, address: str, connector: int | None) -> bool:
        limit = self.assumed.lock_out_after
        is_locked = bool(limit) and user.refused >= limit
        is_right = user.password == password and user.connector == connector
        return is_right and not is_locked and self._is_allowed(user, address)

    def _is_allowed(self, user: User, address: str) -> bool:
        if user.connector is not None and not self.assumed.addresses_bind_connectors:
            return True
        if self.learns:
            self.addresses.add(address)
        return address in self.addresses
