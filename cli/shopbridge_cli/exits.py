"""How a command ends: one number for each way, so that scripts need not read sentences."""

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """What the exit code says; docs/command-line.md has the same as a table."""

    DONE = 0
    """What was asked for is done, or what was looked at is well."""
    REFUSED = 1
    """Nothing was done, and the problems say what to do; or something that was looked at is not well."""
    USAGE = 2
    """The command, a file or a value cannot be meant like that."""
    NOT_FOUND = 3
    """There is no such connection, order, version, run or reason."""
    LOGIN = 4
    """It is open which deployment to ask, or AWS lets us not in: credentials, rights, region."""
    UNREACHABLE = 5
    """Nobody answers there."""
    CRASHED = 6
    """The bridge broke down over it, or answered something odd: a fault of the bridge."""
    PARTLY = 7
    """Some of it was done, and the answer tells what was left."""
    AGAIN = 8
    """Somebody else was faster, or the time was up: ask again."""
    INTERRUPTED = 130
    """Ctrl-C, as a shell has it; what was answered until then is kept."""


KINDS: Mapping[str, Exit] = {
    "refused": Exit.REFUSED,
    "not_verified": Exit.REFUSED,
    "usage": Exit.USAGE,
    "invalid": Exit.USAGE,
    "not_found": Exit.NOT_FOUND,
    "login": Exit.LOGIN,
    "unreachable": Exit.UNREACHABLE,
    "crashed": Exit.CRASHED,
    "conflict": Exit.AGAIN,
    "later": Exit.AGAIN,
}
"""How a refusal ends a command, by its kind: the bridge's own, and those that are found before it is asked."""
