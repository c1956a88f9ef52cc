"""How often a function may be called in an hour, and what happens to an address that calls more often.

The table is the platform file's; a breach bans the address for an hour, and so do too many failures in a row.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.platforms.unas.errors import ApiError, banned
from sandbox.platforms.unas.inferred import (
    FAILURES_IN_A_ROW,
    SILENCE,
    STRANGE_CALLS,
    STRANGE_CALLS_WITHIN,
    Assumed,
)

Scope = Literal["one", "several"]
EVERYTHING = "any function"
LOGIN = "login"
FAILED_LOGIN = "failed login"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Quota:
    """Calls in an hour, by plan."""

    premium: int
    vip: int

    def of(self, plan: str) -> int:
        """What a plan allows."""
        return self.vip if plan == "vip" else self.premium


_MANY, _FEW, _TOTAL = Quota(1000, 3000), Quota(30, 90), Quota(2000, 6000)
_BY_SCOPE = """
getOrder setOrder getStock setStock getProduct setProduct getProductParameter getCategory setCategory getCustomer
setCustomer getCustomerGroup getWarehouse
"""
_FLAT = "getNewsletter setNewsletter getOrderStatus getOrderType getMethod getSetting"
"""For ``getSetting`` no limit is told: the strict reading."""
QUOTAS: Mapping[str, Quota] = {
    EVERYTHING: _TOTAL,
    LOGIN: _TOTAL,
    FAILED_LOGIN: Quota(5, 5),
    **{f"{name} one": _MANY for name in _BY_SCOPE.split()},
    **{f"{name} several": _FEW for name in _BY_SCOPE.split()},
    **dict.fromkeys(_FLAT.split(), _FEW),
    **dict.fromkeys(("getAutomatism", "setAutomatism"), Quota(0, 90)),
    "getProductDB": Quota(10, 20),
}


@dataclass
class Guard:
    """Counts calls by address and tells whom the shop does not listen to.

    Args:
        speed: How many platform hours pass in one of the clock's.
    """

    clock: Callable[[], datetime]
    plan: Callable[[], str]
    assumed: Assumed
    speed: float = 1
    bans: int = 0
    most: Counter[str] = field(default_factory=Counter)
    _calls: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    _failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    _banned: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _strangers: dict[str, deque[datetime]] = field(default_factory=dict)
    _silent: dict[str, datetime] = field(default_factory=dict)

    def is_silent(self, address: str) -> bool:
        """The address gets no answer at all."""
        return self._silent.get(address, self.clock()) > self.clock()

    def refuse_banned(self, address: str) -> None:
        """Nothing, when the address may call.

        Raises:
            ApiError: It is banned.
        """
        function, until = self._banned.get(address, ("", self.clock()))
        if until > self.clock():
            raise banned(function, until)

    def take(self, address: str, function: str, scope: str = "") -> None:
        """Count one call of a function.

        Raises:
            ApiError: The limit is broken; from now on the address is banned.
        """
        for counter in (EVERYTHING, f"{function} {scope}".strip()):
            if not self._count(address, counter):
                raise self.ban(address, function)

    def _count(self, address: str, counter: str) -> bool:
        calls, now = self._calls.setdefault((address, counter), deque()), self.clock()
        hour = self._length(HOUR)
        began = (
            now - hour if self.assumed.rolling_hour else now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % hour
        )
        while calls and (calls[0] <= began if self.assumed.rolling_hour else calls[0] < began):
            calls.popleft()
        if len(calls) >= QUOTAS[counter].of(self.plan()):
            return False
        calls.append(now)
        self.most[counter] = max(self.most[counter], len(calls))
        return True

    def ban(self, address: str, function: str) -> ApiError:
        """Ban an address from this moment on; what it is told."""
        until = self.clock() + self._length(HOUR)
        self._banned[address] = function, until
        self.bans += 1
        return banned(function, until)

    def forgive(self) -> None:
        """Forget all bans and silences, as a support desk might."""
        self._banned.clear()
        self._silent.clear()

    def failed(self, address: str, function: str) -> None:
        """A call failed; too many in a row ban."""
        self._failures[address, function] += 1
        if self._failures[address, function] >= FAILURES_IN_A_ROW:
            self._failures[address, function] = 0
            self.ban(address, function)

    def succeeded(self, address: str, function: str) -> None:
        """A call went well."""
        self._failures[address, function] = 0

    def failed_login(self, address: str) -> None:
        """A login failed.

        Raises:
            ApiError: It was one too many.
        """
        if not self._count(address, FAILED_LOGIN):
            raise self.ban(address, LOGIN)

    def stranger(self, address: str) -> None:
        """A call came that cannot be tied to a shop; too many end in silence."""
        calls, now = self._strangers.setdefault(address, deque()), self.clock()
        calls.append(now)
        while calls[0] <= now - self._length(STRANGE_CALLS_WITHIN):
            calls.popleft()
        if len(calls) >= STRANGE_CALLS:
            self._silent[address] = now + self._length(SILENCE)

    def _length(self, real: timedelta) -> timedelta:
        return real / self.speed
