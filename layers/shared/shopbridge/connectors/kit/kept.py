"""A value that is read once and believed for a while."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shopbridge.ports import Clock

Value = TypeVar("Value")


@dataclass
class Kept(Generic[Value]):
    """A value of a platform.

    Attributes:
        read: Asks for it.
        lifetime: How long it is believed.
    """

    read: Callable[[], Value]
    clock: Clock
    lifetime: timedelta
    _found: tuple[datetime, Value] | None = field(default=None, repr=False)

    def value(self) -> Value:
        """Return it as it was ``lifetime`` ago at the most."""
        if self._found is None or not self.is_younger(self.lifetime):
            return self.refreshed()
        return self._found[1]

    def refreshed(self) -> Value:
        """Return it as it is now; what was known stays known where it cannot be read."""
        at = self.clock()
        self._found = at, self.read()
        return self._found[1]

    def is_younger(self, age: timedelta) -> bool:
        """Tell whether it was read less than ``age`` ago."""
        return self._found is not None and self.clock() - self._found[0] < age
