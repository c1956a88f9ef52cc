"""What people are told by message because they do not look by themselves: how a run ended that somebody started.

A run of the schedule ends every few minutes, and an alarm tells when one fails. What is told here was waited for.
"""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import timedelta

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import by_reason
from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import Reason
from shopbridge.model.run import MOST_PROBLEMS, Run
from shopbridge.ports import Notice

WIDTH = 80
"""Letters in a line: as many as every mail program shows without breaking it anew."""
SCHEDULE = "schedule"
"""Who starts what nobody asks for."""
SOON, LATE = timedelta(minutes=2), timedelta(days=1)
"""Between these after its end a run is told once more: whoever ended it may have died over telling it."""
COMMAND = "shopbridge "
EXAMPLES = 5
"""Items named for each reason."""
ENDS = {"done": "is done", "stopped": "was stopped", "failed": "failed"}


def announce(bridge: Bridge, notice: Notice) -> bool:
    """Tell people; what cannot be told is told in the log, and stops nothing. False for that."""
    try:
        if bridge.notices.tell(notice):
            bridge.activity.info("notice_sent", notice.connection, notice=notice.once)
    except (NeedsAttention, RetryLater) as error:
        fix = error.fix if isinstance(error, NeedsAttention) else "It is tried again by itself for a day."
        bridge.activity.warning("notice_not_sent", notice.connection, fix=fix, notice=notice.once, reason=error.what)
        return False
    return True


def tell_end(bridge: Bridge, connection: ConnectionId, run: Run) -> None:
    """Tell that a run has ended, if somebody started it."""
    if run.started_by != SCHEDULE:
        announce(bridge, end_of(connection, run))


def tell_late(bridge: Bridge, connection: ConnectionId, run: Run) -> None:
    """Tell it of one that ended a while ago, which does nothing where it was told."""
    if run.state != "running" and SOON <= bridge.clock() - run.updated_at < LATE:
        tell_end(bridge, connection, run)


def end_of(connection: ConnectionId, run: Run) -> Notice:
    """Return what is told of a run that ended: who started it, what became of what, how long it took."""
    what = f"run of {run.kind.replace('_', ' ')}"
    subject = f"Shopbridge {connection}: {what} {run.state}"
    # A run that was stopped may be resumed, and then ends once more.
    return Notice(connection, f"run {run.id} {run.version}", subject, letter(_parts(connection, run, what)))


def _parts(connection: ConnectionId, run: Run, what: str) -> Iterator[str]:
    yield f"The {what} of {connection} {ENDS[run.state]}."
    if run.reason is not None:
        yield from ("", mask_patterns(run.reason.text), f"What to do: {run.reason.fix}")
    yield from ("", f"Started by {run.started_by} at {run.started_at:%Y-%m-%d %H:%M} UTC; it took {_took(run)}.")
    yield _counted(run)
    yield from _problems(run)
    yield from ("", f"See more: shopbridge runs show {run.kind} -c {connection}")


def _took(run: Run) -> str:
    minutes, seconds = divmod(round((run.updated_at - run.started_at).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    named = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in named if count) or "no time"


def _counted(run: Run) -> str:
    counts = run.counts
    if run.kind == "orders":
        return (
            f"Read {counts.found}: {counts.created} handed to the import, {counts.unchanged} placed before its time, "
            f"{counts.held} that nobody could read."
        )
    return (
        f"Found {counts.found}: {counts.created} created, {counts.updated} updated, {counts.unchanged} unchanged, "
        f"{counts.held} held, {counts.failed} failed."
    )


def grouped(found: Iterable[tuple[Reason, str]]) -> Iterator[str]:
    """Tell what has a reason, by reason, with some examples and the fix."""
    for told, items in by_reason(found):
        more = f" and {len(items) - EXAMPLES} more" if len(items) > EXAMPLES else ""
        yield from ("", f"{told['code']} ({told['count']}): {', '.join(items[:EXAMPLES])}{more}")
        yield f"  {mask_patterns(told['reason'])}"
        if told["fix"]:
            yield f"  What to do: {told['fix']}"


def _problems(run: Run) -> Iterator[str]:
    yield from grouped((problem.reason, problem.item) for problem in run.problems)
    if len(run.problems) >= MOST_PROBLEMS:
        yield from ("", f"Only the first {MOST_PROBLEMS} problems are kept with a run.")


def letter(lines: Iterable[str]) -> str:
    """Return the text of a message; a command to type stays in one line, however long it is."""
    return "\n".join(part for line in lines for part in _wrapped(line)) + "\n"


def _wrapped(line: str) -> list[str]:
    if line.lstrip().startswith(COMMAND):
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, WIDTH, initial_indent="", subsequent_indent=indent) or [""]
