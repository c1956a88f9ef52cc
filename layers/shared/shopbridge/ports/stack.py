"""The deployment itself, as AWS tells of it: for whoever asks whether it stands as template.yaml made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol


@dataclass(frozen=True)
class TableStanding:
    """A table.

    Attributes:
        active: It can be read and written.
        protected: Nobody deletes it by mistake.
        restorable: It can be restored to any moment of the past days.
    """

    name: str
    active: bool
    protected: bool
    restorable: bool


@dataclass(frozen=True)
class QueueStanding:
    """A queue with its dead letters.

    Attributes:
        waiting: Messages that nobody has taken yet.
        taken: Messages that a function has in hand, or that wait for their next try.
        dead: Messages that were given up.
        oldest: How long the oldest message has waited; None where nobody measured it lately.
    """

    name: str
    waiting: int
    taken: int
    dead: int
    oldest: timedelta | None = None


@dataclass(frozen=True)
class Subscriptions:
    """Who is told: the endpoints that confirmed, such as ``email``, and how many did not yet."""

    confirmed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


class LogLine(NamedTuple):
    """A line of the log.

    Attributes:
        at: When CloudWatch got it.
        stream: Where it was written, which names the function.
    """

    id: str
    at: datetime
    text: str
    stream: str = ""


@dataclass(frozen=True)
class LogPage:
    """Lines of the log, and where to go on, if anywhere."""

    lines: Sequence[LogLine]
    next: str = ""


class Stack(Protocol):
    """The resources of the deployment. Each method raises NeedsAttention where AWS does not tell, or RetryLater."""

    def tables(self) -> Sequence[TableStanding]:
        """Return both tables."""

    def queues(self) -> Sequence[QueueStanding]:
        """Return the queues that feed functions."""

    def schedules(self) -> Mapping[str, bool]:
        """Return the schedules that call our functions, by name, and whether each is enabled."""

    def subscriptions(self) -> Subscriptions | None:
        """Return who is told what people are told; None where there is no topic."""

    def log_days(self) -> int | None:
        """Return how many days the log of activity is kept; None for ever."""

    def log_lines(self, pattern: str, since: datetime, after: str) -> LogPage:
        """Return lines of the log of activity that fit a pattern, the oldest first; a page may be empty on the way.

        Args:
            pattern: As CloudWatch Logs writes filters of JSON; what reads it may let others through, too.
            after: ``next`` of the page before; empty for the first.
        """

    def clock(self) -> datetime:
        """Return the time by AWS."""
