"""Two workers at the same work at once: who waits where is told, so a race ends alike each time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore, current_thread

Stop = Callable[[str], bool]
"""Whether a worker waits before an outside call of this name; asked once for each of its calls."""


@dataclass
class At:
    """The nth call whose name holds this word."""

    word: str
    nth: int = 1
    met: int = 0

    def __call__(self, where: str) -> bool:
        """Count the call."""
        here = self.word in where
        self.met += here
        return here and self.met == self.nth


@dataclass
class Race:
    """One worker overtakes another.

    The slow one begins, and waits at its stop. The quick one then works; once it comes to its own stop, it waits until
    the slow one has come to its end. So each does what it does upon what it saw before the other went on.
    """

    slow: Stop
    quick: Stop
    _name: str = ""
    _waits: bool = False
    _quick_may: Semaphore = field(default_factory=lambda: Semaphore(0))
    _slow_may: Semaphore = field(default_factory=lambda: Semaphore(0))

    def run(self, slow: Callable[[], None], quick: Callable[[], None]) -> None:
        """Let both work to their ends. Raises what they raise."""
        with ThreadPoolExecutor(1, "slow") as pool:
            done = pool.submit(self._run_slow, slow)
            done.add_done_callback(lambda _: self._quick_may.release())
            self._quick_may.acquire()
            try:
                quick()
            finally:
                self._let_slow_go_on()
            done.result()

    def _run_slow(self, work: Callable[[], None]) -> None:
        self._name = current_thread().name
        work()

    def before(self, where: str) -> None:
        """One of them is about to make an outside call."""
        if current_thread().name != self._name:
            if self._waits and self.quick(where):
                self._let_slow_go_on()
        elif self.slow(where):
            self._waits = True
            self._quick_may.release()
            self._slow_may.acquire()

    def _let_slow_go_on(self) -> None:
        """Until it ends."""
        if self._waits:
            self._waits = False
            self._slow_may.release()
            self._quick_may.acquire()
