"""Credentials: one encrypted SSM parameter per connection side, and the container's short memory of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shopbridge.errors import BridgeError, NeedsAttention, RetryLater
from shopbridge.model.basics import ConnectionId
from shopbridge.store.aws import Aws, speaking_to

if TYPE_CHECKING:
    from shopbridge.model.connection import Side
    from shopbridge.ports import Clock, Credentials

SERVICE = "SSM"
LARGEST_VALUE = 4096
"""Bytes of a standard parameter; a larger one costs $0.05 a month."""
REMEMBERED = timedelta(minutes=15)
"""Longer than it is from one poll to the next, each of which would read them again."""
REMEMBERED_FOR_CALLERS = timedelta(minutes=5)
"""A caller's secret that was withdrawn counts no longer than that; whoever we call refuses it himself."""
REREAD_AFTER = timedelta(seconds=5)
"""SSM allows 40 reads a second for the whole account: whoever keeps refusing us, or calls us forged, must not use them
up. Short, since a shop that changes its secret signs with the new one at once."""
ASKED_FOR_CALLERS = timedelta(seconds=60)
"""How often what a caller from outside lacks is looked for: his secret, or any."""
FAILED_FOR_CALLERS = timedelta(seconds=5)
"""How long a caller's read that failed is not repeated."""


@dataclass(frozen=True)
class _Read:
    values: Mapping[str, str]
    at: datetime


@dataclass(frozen=True)
class _Failure:
    error: BridgeError
    until: datetime


@dataclass(frozen=True)
class SsmCredentials:
    """SecureString parameters ``<prefix>/connections/<connection>/<side>`` holding JSON of flat text values."""

    aws: Aws
    prefix: str
    clock: "Clock"
    memory: dict[str, _Read] = field(default_factory=dict, repr=False)
    _failures: dict[str, _Failure] = field(default_factory=dict, repr=False)
    _in_vain: dict[str, datetime] = field(default_factory=dict, repr=False)

    def read(self, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        """Return them at most 15 minutes old. Raises NeedsAttention when there are none."""
        return self._younger_than(REMEMBERED, connection, side)

    def read_again(self, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        """Return them a few seconds old at the most: the remembered ones were just refused. Raises NeedsAttention."""
        return self._younger_than(REREAD_AFTER, connection, side)

    def read_now(self, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        """Return them as stored this moment. Raises NeedsAttention."""
        return self._younger_than(timedelta(0), connection, side)

    def read_for_caller(self, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        """Do as ``read``, for a caller who has proved nothing: failures are remembered, too.

        Raises:
            NeedsAttention: There were none within the last minute.
            RetryLater: SSM did not answer within the last five seconds.
        """
        name = self._name(connection, side)
        failure = self._failures.get(name)
        if failure and self.clock() < failure.until:
            raise failure.error.with_traceback(None)
        try:
            return self._younger_than(REMEMBERED_FOR_CALLERS, connection, side)
        except (NeedsAttention, RetryLater) as error:
            lasts = ASKED_FOR_CALLERS if isinstance(error, NeedsAttention) else FAILED_FOR_CALLERS
            self._failures[name] = _Failure(error, self.clock() + lasts)
            raise

    def read_again_for_caller(self, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        """Do as ``read_again``, but at most once a minute in vain: once more only after they had changed."""
        name = self._name(connection, side)
        before = self.memory.get(name)
        asked = self._in_vain.get(name)
        if before and asked and self.clock() - asked < ASKED_FOR_CALLERS:
            return before.values
        if before and self.clock() - before.at >= REREAD_AFTER:
            self._in_vain[name] = self.clock()
        renewed = self.read_again(connection, side)
        if before and renewed != before.values:
            self._in_vain.pop(name, None)
        return renewed

    def write(self, connection: ConnectionId, side: "Side", values: Mapping[str, str]) -> None:
        """Store them encrypted, replacing what was there. Raises NeedsAttention when they are too large."""
        value = json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))
        if len(value.encode()) > LARGEST_VALUE:
            raise NeedsAttention(
                f"The secrets have {len(value.encode())} bytes together, {LARGEST_VALUE} fit",
                where=f"{connection}, {side}",
                fix="Check that no whole file or page was pasted into a field.",
            )
        name = self._name(connection, side)
        with speaking_to(SERVICE):
            self.aws.ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
        self.memory[name] = _Read(dict(values), self.clock())
        self._failures.pop(name, None)

    def delete(self, connection: ConnectionId) -> None:
        """Forget all of the connection's secrets."""
        from shopbridge.model.connection import SIDES

        names = [self._name(connection, side) for side in SIDES]
        with speaking_to(SERVICE):
            self.aws.ssm.delete_parameters(Names=names)
        for name in names:
            self.memory.pop(name, None)

    def _younger_than(self, age: timedelta, connection: ConnectionId, side: "Side") -> Mapping[str, str]:
        name = self._name(connection, side)
        if name not in self.memory or self.clock() - self.memory[name].at >= age:
            self._fetch(name)
        if name not in self.memory:
            raise NeedsAttention(
                "No credentials are stored",
                where=f"{connection}, {side}",
                fix="Enter the credentials of this side of the connection.",
            )
        return self.memory[name].values

    def _fetch(self, name: str) -> None:
        with speaking_to(SERVICE):
            answer = self.aws.ssm.get_parameters(Names=[name], WithDecryption=True)
        for parameter in answer["Parameters"]:
            self.memory[parameter["Name"]] = _Read(json.loads(parameter["Value"]), self.clock())
        for unknown in answer["InvalidParameters"]:
            self.memory.pop(unknown, None)

    def _name(self, connection: ConnectionId, side: "Side") -> str:
        return f"{self.prefix}/connections/{connection}/{side}"


@dataclass(frozen=True)
class SideSecrets:
    """The secrets of one side of a connection, as a connector's auth wants them."""

    credentials: "Credentials"
    connection: ConnectionId
    side: "Side"

    def current(self) -> Mapping[str, str]:
        """Return them as cached."""
        return self.credentials.read(self.connection, self.side)

    def renew(self) -> bool:
        """Read them again, since the platform refused them; True when they changed meanwhile."""
        before = self.current()
        return self.credentials.read_again(self.connection, self.side) != before
