"""Workers that stop before each of their outside calls, so that anything can happen in between."""

import threading
from collections.abc import Callable
from typing import Any

from tests.unit.flows.stock.stock_world import Ticking
from tests.unit.memory_stores import Clock, Killed

PATIENCE = 30
"""Seconds after which a test gives up on a worker that neither calls nor ends."""


class Worker:
    """One function at work, in a thread of its own; of all threads only one ever moves."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self.name = name
        self.finished = False
        self.failure: BaseException | None = None
        self._dies = False
        self._work = work
        self._go = threading.Semaphore(0)
        self._stands = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Until its first call."""
        self.thread.start()
        self._wait()

    def step(self) -> None:
        """Make the call it stands at, and go on to the next one."""
        self._go.release()
        self._wait()

    def kill(self) -> None:
        """The process ends where it stands."""
        if not self.finished:
            self._dies = True
            self.step()
        self.thread.join(PATIENCE)

    def pause(self) -> None:
        """In the worker's own thread: wait for the next step."""
        self._stands.release()
        self._go.acquire()
        if self._dies:
            raise Killed(self.name)

    def _wait(self) -> None:
        assert self._stands.acquire(timeout=PATIENCE), f"{self.name} hangs"
        if self.finished:
            self.thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            self._work()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self.failure = error
        self.finished = True
        self._stands.release()


class Stage(Ticking):
    """Lets workers pause at each call; what is called outside of them goes through at once."""

    def __init__(self) -> None:
        super().__init__(Clock())
        self.workers: list[Worker] = []
        self.watch: Callable[[str, Worker | None], None] = lambda _name, _worker: None

    @property
    def current(self) -> Worker | None:
        """Who calls."""
        me = threading.current_thread()
        return next((worker for worker in self.workers if worker.thread is me), None)

    def add(self, name: str, work: Callable[[], object]) -> Worker:
        """A worker that stands at its first call."""
        worker = Worker(name, work)
        self.workers.append(worker)
        worker.start()
        return worker

    def through(self, name: str, work: Callable[[], Any]) -> Any:
        worker = self.current
        if worker:
            worker.pause()
        self.clock.advance(seconds=0.01)
        self.watch(name, worker)
        return work()
