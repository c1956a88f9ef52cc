"""moto's queues for the tests of flows, listed with one look at the clock.

moto lists a whole queue several times for each message that is sent or taken, and asks the clock twice about each
message in it: at five thousand that is an hour. What is told is moto's own, see ``test_quick_queues.py``.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue


@contextmanager
def quick_queues() -> Iterator[None]:
    """Let queues be listed so while the ``with`` block runs."""
    quick = {
        "messages": ready,
        "approximate_number_of_messages_delayed": delayed,
        "approximate_number_of_messages_not_visible": taken,
    }
    with ExitStack() as stack:
        for name, listing in quick.items():
            stack.enter_context(patch.object(Queue, name, property(listing)))
        yield


def ready(queue: Queue) -> list[Message]:
    """Messages that may be taken now."""
    now = unix_time_millis()
    return [each for each in queue._messages if each.visible_at < now >= each.delayed_until]


def delayed(queue: Queue) -> int:
    """How many were sent for later."""
    now = unix_time_millis()
    return sum(now < each.delayed_until for each in queue._messages)


def taken(queue: Queue) -> int:
    """How many somebody is working on, or has put off."""
    now = unix_time_millis()
    return sum(now <= each.visible_at for each in queue._messages)
