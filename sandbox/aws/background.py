"""Threads that do by themselves what AWS does by itself: read queues and watch the clock."""

import threading
from collections.abc import Callable, Iterable, Mapping

from sandbox.aws.queues import Poller

IDLE = 0.2
"""Seconds a poller rests on an empty queue, unless it is woken."""


class Background:
    """One thread per queue mapping, and one for each thing that is done by the clock."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._threads: list[threading.Thread] = []

    @property
    def running(self) -> bool:
        """Whether threads are at work."""
        return bool(self._threads)

    def start(self, pollers: Iterable[Poller], now_and_then: Mapping[Callable[[], object], float]) -> None:
        """Serve the queues, and do what is to be done every so many seconds."""
        self._stopping.clear()
        serving = [threading.Thread(target=self._serve, args=(poller,), daemon=True) for poller in pollers]
        timed = [threading.Thread(target=self._repeat, args=each, daemon=True) for each in now_and_then.items()]
        self._threads = serving + timed
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every thread finish what it does, and end it."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def wake(self) -> None:
        """A handler finished, so messages are likely."""
        with self._news:
            self._news.notify_all()

    def _serve(self, poller: Poller) -> None:
        while not self._stopping.is_set():
            if poller.deliver():
                self.wake()
                continue
            with self._news:
                self._news.wait(IDLE)

    def _repeat(self, work: Callable[[], object], pause: float) -> None:
        while not self._stopping.wait(pause):
            work()
