"""Many workers on one clock that nobody waits for: a thread each, of which one runs at a time, the earliest first."""

import heapq
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from threading import Event, Thread
from types import SimpleNamespace
from typing import cast

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.orders.turns import in_turn, send_in_turn
from shopbridge.model.base import ConnectionId, OrderId, in_batches
from shopbridge.model.messages import LONGEST_DELAY, OrderNotice
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment

BEGAN = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@dataclass
class SimulatedTime:
    """Sleeping lets the others go on; time is what the earliest sleeper waits for."""

    seconds: float = 0.0
    _sleepers: list[tuple[float, int, Event]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def __call__(self) -> datetime:
        """The present moment."""
        return BEGAN + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        """Let this worker go on after so many seconds."""
        wakes = Event()
        heapq.heappush(self._sleepers, (self.seconds + max(seconds, 0), next(self._numbers), wakes))
        self._wake_next()
        wakes.wait()

    def run(self, workers: Sequence[Callable[[], None]]) -> None:
        """Run until all have ended; what one of them raised is raised here."""
        failures: list[BaseException] = []
        done = Event()
        left = [len(workers)]

        def live(work: Callable[[], None], begins: Event) -> None:
            begins.wait()
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - told to the test, which runs in another thread
                failures.append(error)
            left[0] -= 1
            if left[0]:
                self._wake_next()
            else:
                done.set()

        for work in workers:
            begins = Event()
            heapq.heappush(self._sleepers, (self.seconds, next(self._numbers), begins))
            Thread(target=live, args=(work, begins), daemon=True).start()
        self._wake_next()
        done.wait()
        if failures:
            raise failures[0]

    def _wake_next(self) -> None:
        if self._sleepers:
            wakes_at, _, event = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, wakes_at)
            event.set()


@dataclass
class Waiting:
    """A message; ``due`` in seconds."""

    body: str
    due: float
    receives: int = 0


@dataclass
class SimulatedQueue:
    """Messages with delays and visibility on a simulated clock; which of those that are due comes first is chance."""

    time: SimulatedTime
    random: Random
    visibility: float = 720.0
    waiting: list[Waiting] = field(default_factory=list)
    received: int = 0

    def put(self, body: str, delay: float = 0.0) -> None:
        """A message arrives."""
        self.waiting.append(Waiting(body, self.time.seconds + delay))

    def receive(self) -> Waiting | None:
        """Hand out a message that is due; None when none is."""
        due = [each for each in self.waiting if each.due <= self.time.seconds]
        if not due:
            return None
        message = self.random.choice(due)
        message.receives += 1
        message.due = self.time.seconds + self.visibility
        self.received += 1
        return message

    def delete(self, message: Waiting) -> None:
        """Its work is done."""
        self.waiting.remove(message)


@dataclass(frozen=True)
class Ask:
    """A call that an order makes: of a bucket with ``calls`` in any ``seconds``."""

    bucket: str
    calls: int
    seconds: int = 60


SALESPOS_NEEDS = (Ask("users:GET", 150), Ask("products:GET", 150), Ask("orders:POST", 100))
"""What an order asks SalesPOS for."""


@dataclass
class Crew:
    """Workers that bring orders into a back office: the real turns, limits and tables; the orders are only calls.

    Attributes:
        needs: What each order asks for, one after the other.
        latency: Seconds that a call takes, between these two.
        dies: How likely a worker dies in an order; its message comes back by itself.
    """

    environment: Environment
    connection: ConnectionId
    needs: Sequence[Ask]
    latency: tuple[float, float] = (0.05, 0.15)
    dies: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        self.time = SimulatedTime()
        self.random = Random(self.seed)
        self.queue = SimulatedQueue(self.time, self.random)
        self.made: list[tuple[str, datetime]] = []
        self.begun = self.waited = 0
        self.done: set[str] = set()
        self.busy = 0.0

    def store(self) -> Store:
        """A container's, with nothing remembered; each call of AWS takes some milliseconds."""
        store = Store(self.environment, clock=self.time, sleep=self.time.sleep)
        store.aws.dynamodb.meta.events.register_first("before-call", lambda **_: self.time.sleep(0.004))
        return store

    def bridge(self, store: Store) -> Bridge:
        """As much of it as turns need."""
        return cast("Bridge", SimpleNamespace(turns=store.turns, orders=self, clock=self.time))

    def send(self, messages: Sequence[OrderNotice]) -> None:
        """The queue of orders, as SQS keeps messages back."""
        for message in messages:
            wait = (message.turn.at - self.time()).total_seconds() if message.turn else 0
            self.queue.put(message.model_dump_json(), int(min(max(wait, 0), LONGEST_DELAY.total_seconds())))

    def bring(self, orders: int, workers: int, *, polled: bool = True) -> None:
        """Bring so many orders; those of a poll have their turns, others come as webhooks announce them."""
        ids = [OrderId(str(len(self.done) + number)) for number in range(orders)]
        wanted = {*self.done, *ids}
        self.time.run([lambda: self._announce(ids, polled=polled), *[lambda: self._work(wanted)] * workers])

    def _announce(self, ids: Sequence[OrderId], *, polled: bool) -> None:
        bridge = self.bridge(self.store())
        for some in in_batches(ids, 50):
            notices = [
                OrderNotice(connection=self.connection, order_id=each, origin="poll", event="", received_at=self.time())
                for each in some
            ]
            if polled:
                send_in_turn(bridge, self.connection, notices)
            else:
                self.send(notices)
            self.time.sleep(0.5)

    def _work(self, wanted: AbstractSet[str]) -> None:
        store = self.store()
        while not wanted <= self.done:
            message = self.queue.receive()
            if message is None:
                self.time.sleep(self.random.uniform(0.05, 0.3))
                continue
            began = self.time.seconds
            self.time.sleep(self.random.uniform(0.01, 0.04))
            try:
                self._deliver(store, message)
            except Died:
                store = self.store()
            self.busy += self.time.seconds - began

    def _deliver(self, store: Store, message: Waiting) -> None:
        notice = OrderNotice.model_validate_json(message.body)
        waits = in_turn(self.bridge(store), notice, lambda _: self._import(store, notice), tries=message.receives - 1)
        self.waited += waits is not None
        self.queue.delete(message)

    def _import(self, store: Store, notice: OrderNotice) -> None:
        self.begun += 1
        limiter, dies = store.limiter(self.connection, "office"), self.random.random() < self.dies
        for number, ask in enumerate(self.needs):
            if dies and number == len(self.needs) // 2:
                raise Died
            limiter.take(ask.bucket, ask.calls, ask.seconds)
            self.made.append((ask.bucket, self.time()))
            self.time.sleep(self.random.uniform(*self.latency))
        self.done.add(str(notice.order_id))

    def most_within(self, ask: Ask) -> int:
        """The largest number of a bucket's calls in any window of its limit."""
        moments = sorted(at for bucket, at in self.made if bucket == ask.bucket)
        window, first, most = timedelta(seconds=ask.seconds), 0, 0
        for number, at in enumerate(moments):
            while moments[first] <= at - window:
                first += 1
            most = max(most, number - first + 1)
        return most

    def waiting(self, busy: float, orders: int) -> float:
        """Seconds that a worker waited for a limit, for each of the orders since all were ``busy`` for so long."""
        working = len(self.needs) * sum(self.latency) / 2
        return max(0.0, (self.busy - busy) / orders - working)

    def share(self, ask: Ask) -> float:
        """How much of a limit was used, from the first call on."""
        moments = sorted(at for bucket, at in self.made if bucket == ask.bucket)
        took = (moments[-1] - moments[0]).total_seconds()
        return (len(moments) - 1) / took * ask.seconds / ask.calls


class Died(BaseException):
    """A worker's process ends here."""
