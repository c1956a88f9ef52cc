"""The few AWS services that orders need, served in a process of their own, so that none of their work counts as ours.

Tables, queues and parameters are those of the attacks, which are held against moto.
"""

import json
import multiprocessing
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from random import Random
from threading import Lock, Thread
from typing import Any, ClassVar

from benchmarks.orders.charges import QUEUE, ChargedQueues, ChargedTables
from benchmarks.orders.clock import SharedClock
from benchmarks.orders.filling import FILL
from sandbox.quick import tables
from sandbox.quick.cloud import described_tables
from sandbox.quick.parameters import Parameters
from sandbox.quick.queues import Message, Queues
from sandbox.quick.tables import Refused, Tables

PAGE = 2500
"""Rows of a page: a megabyte of those that are asked for by the page, which are entries of indexes."""
Answer = Callable[[str, str], Mapping[str, Any]]


@dataclass
class AwsServer:
    """The services in another process.

    Attributes:
        url: The endpoint of all of them.
    """

    url: str
    clock: SharedClock
    _pipe: Connection

    def receive(self, most: int) -> list[Message]:
        """Take messages off a queue, as Lambda does for one batch; when none is due, time passes until one is."""
        return list(self._ask("receive", most))

    def fill(self, what: str, count: int) -> None:
        """Let the tables hold so many more imported orders, or connections."""
        self._ask("fill", what, count)

    def units(self) -> Mapping[str, float]:
        """What was charged so far, by kind."""
        return dict(self._ask("units"))

    def _ask(self, name: str, *values: Any) -> Any:
        self._pipe.send((name, *values))
        return self._pipe.recv()


@contextmanager
def aws_server(clock: SharedClock) -> Iterator[AwsServer]:
    """Empty tables and queues of template.yaml while the ``with`` block runs."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, clock), daemon=True)
    process.start()
    theirs.close()  # so that whoever waits for an answer hears that the process is dead
    try:
        yield AwsServer(ours.recv(), clock, ours)
    finally:
        process.terminate()
        process.join()


class _Services:
    """All services, one call at a time."""

    def __init__(self, clock: SharedClock) -> None:
        self._one_at_a_time, self._clock = Lock(), clock
        self._queues = ChargedQueues(Queues(clock, Random(1)))
        self._tables = ChargedTables(Tables(described_tables(), clock, Random(1)))
        self._answers: Mapping[str, Answer] = {
            "DynamoDB_20120810": self._tables.answer,
            "AmazonSQS": self._queues.answer,
            "AmazonSSM": Parameters().answer,
        }

    def answer(self, service: str, operation: str, body: str) -> Mapping[str, Any]:
        """Answer a call. Raises Refused."""
        with self._one_at_a_time:
            return self._answers[service](operation, body)

    def receive(self, most: int) -> list[Message]:
        """Of one queue; the messages are not delivered again."""
        if (due := self._queues.queues.next_due()) is None:
            return []
        self._clock.wait_until(due)
        return self._queues.take(most)

    def fill(self, what: str, count: int) -> None:
        """Copy what stands there."""
        FILL[what](self._tables.tables, count)

    def units(self) -> Mapping[str, float]:
        """What was charged so far."""
        return {**self._tables.charged, QUEUE: self._queues.charged}


def _serve(pipe: Connection, clock: SharedClock) -> None:
    tables.PAGE = PAGE
    services = _Handler.services = _Services(clock)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(f"http://127.0.0.1:{server.server_port}")
    while True:
        asked, *values = pipe.recv()
        pipe.send(getattr(services, asked)(*values))


class _Handler(BaseHTTPRequestHandler):
    """One call of a service with a JSON protocol."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: in two, the second would wait for the first to be acknowledged
    services: ClassVar[_Services]

    def do_POST(self) -> None:
        """Answer it."""
        service, _, operation = self.headers["X-Amz-Target"].partition(".")
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            self._send(200, self.services.answer(service, operation, body))
        except Refused as refused:
            name = f"com.amazonaws.dynamodb.v20120810#{refused.code}"
            self._send(400, {"__type": name, "message": refused.code, **refused.told})

    def _send(self, status: int, content: Mapping[str, Any]) -> None:
        body = json.dumps(content, default=_plain).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def _plain(value: Any) -> str:
    """Bytes travel as base64."""
    return b64encode(value).decode()
