"""The process moto runs in, so that handlers and AWS do not share one core.

Started by ``moto.MotoProcess``. It says its port on standard output and then answers one JSON line with
another: ``{"calls": true}`` gives what was called, ``{"advance": seconds}`` moves the clock of SQS,
``{"verify": domain}`` verifies a sender in SES, ``{"letters": sender}`` gives what that one sent. It ends when
standard input does, so it cannot outlive its parent, however that ends.
"""

import json
import logging
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

import moto.backends
import moto.cloudformation.parsing  # slow, so now, while the parent is busy too
import moto.sqs.models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from sandbox.aws.moto_partiql import teach_moto

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SIGNED_BY = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/")


@dataclass
class Clock:
    """AWS's time, as its answers tell it, and that of SQS, which may be moved ahead of it: visibility and delays."""

    speed: float = 1
    started: float = field(default_factory=time.time)
    ahead: float = 0

    def seconds(self) -> float:
        """Seconds since 1970."""
        return self.started + (time.time() - self.started) * self.speed

    def sqs_millis(self) -> float:
        """Milliseconds since 1970, for SQS."""
        return 1000 * (self.seconds() + self.ahead)


class Serialised:
    """Moto as if it were one thread, with its calls counted by who signed them.

    Moto is not safe with threads: a message sent while another is deleted can be lost, and two conditional
    writes can both succeed.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._lock = threading.Lock()
        self._calls: dict[str, Counter[str]] = {}

    def counted(self) -> dict[str, dict[str, int]]:
        """Calls so far, by who signed them and by action."""
        with self._lock:
            return {who: dict(actions) for who, actions in self._calls.items()}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        with self._lock:
            self._count(environ)
            return list(self._app(environ, start_response))

    def _count(self, environ: "WSGIEnvironment") -> None:
        if signed := _SIGNED_BY.search(environ.get("HTTP_AUTHORIZATION", "")):
            target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
            action = target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self._calls.setdefault(signed[1], Counter())[f"{signed[2]}:{action}"] += 1


class _Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open: a new one per call costs more than the call
    disable_nagle_algorithm = True  # head and body leave in two writes; Nagle would wait 40 ms between them
    clock = Clock()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header Date, by AWS's time."""
        return super().date_time_string(self.clock.seconds() if timestamp is None else timestamp)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # moto prints now and then
    logging.basicConfig(level=logging.ERROR)
    clock = _Handler.clock = Clock(*map(float, sys.argv[1:]))
    teach_moto()
    vars(moto.sqs.models)["unix_time_millis"] = clock.sqs_millis  # where moto's queues look at the time
    app = Serialised(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _say(answers, server.server_port)
    for line in sys.stdin:
        _say(answers, _answer(json.loads(line), app, clock))


def _answer(question: dict[str, Any], app: Serialised, clock: Clock) -> Any:
    if "advance" in question:
        clock.ahead += question["advance"]
    if "verify" in question:
        _verify(_ses(question), question["verify"])
    if "letters" in question:
        return [sent.raw_data for sent in _ses(question).sent_messages if sent.source == question["letters"]]
    return app.counted()


def _ses(question: dict[str, Any]) -> Any:
    return moto.backends.get_backend("ses")[question["account"]][question["region"]]


def _verify(ses: Any, domain: str) -> None:
    """Its DNS records are found, which moto never says by itself."""
    if domain not in ses.email_identities:
        ses.create_email_identity_v2(domain, None, None, None)
    ses.email_identities[domain].verified_for_sending_status = True


def _say(answers: TextIO, value: Any) -> None:
    print(json.dumps(value), file=answers, flush=True)


if __name__ == "__main__":
    main()
