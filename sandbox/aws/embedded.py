"""The embedded AWS: everything of ``template.yaml`` that runs, on loopback."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from sandbox.aws.activity import Activity, standard_output_kept
from sandbox.aws.background import Background
from sandbox.aws.environment import endpoints, environment
from sandbox.aws.functions import Crash, Function, Functions, add_to_path, load_handler
from sandbox.aws.http_api import HttpApi
from sandbox.aws.lambda_api import lambda_api
from sandbox.aws.moto import MotoProcess
from sandbox.aws.permissions import Role, enforced, read_role
from sandbox.aws.queues import Depth, Poller, depth
from sandbox.aws.schedules import Scheduler
from sandbox.aws.stack import Cloud, complete, create_stack
from sandbox.aws.template import FunctionSpec, SourceMapping, read_template
from sandbox.platforms.kit import Loopback

PUBLISHED_EVERY = 1.0
"""Seconds between two looks for activity that is not in the log groups yet."""


@dataclass
class EmbeddedAws:
    """Runs the stack of a template while the ``with`` block runs.

    Tables, queues, log groups and parameters are moto's, in a process of its own. Routes, schedules, queue
    mappings and direct invocations reach the real handlers in this process. Each is imported anew, with the
    environment the template gives its function; what handlers read from the environment later is what all
    functions have in common.

    What a function's role does not allow is refused (see ``permissions``).

    Not simulated: throttling, concurrency (one event at a time per function), ending a function
    at its time-out (it only sees its remaining time), restoring tables, expiry by TTL, alarms.

    Attributes:
        path: The ``template.yaml`` to run.
        stack_name: The stack's name.
        parameters: Values for the template's parameters; others keep their defaults.
        variables: Further environment variables for the handlers.
        activity: Collects what handlers print.
        logs: A folder where every call of the HTTP API and of the Lambda API is written down; None for nowhere.
        speed: How many seconds of SQS time (visibility, delays) pass in a real one.
        moto: A running moto process to share; without it one is started.
        clock: What the Lambda API's answers tell the time by.
        crashes: Every handler that raised, in order.
    """

    path: Path
    stack_name: str = "shopbridge"
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    activity: Activity = field(default_factory=Activity)
    logs: Path | None = None
    speed: float = 1
    moto: MotoProcess | None = None
    clock: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    crashes: list[Crash] = field(default_factory=list)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._open(opened)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _open(self, opened: ExitStack) -> None:
        # Moto goes first: it imports on the other core while the template is translated here.
        self._moto = self.moto or opened.enter_context(MotoProcess(self.speed))
        self.template = read_template(self.path, self.parameters)
        self._scheduler, self._background = Scheduler(self.template.schedules), Background()
        self._functions = Functions()
        self._serve(opened)
        self._create(opened)
        opened.enter_context(enforced())
        opened.enter_context(standard_output_kept())
        self._load()
        opened.callback(self._background.stop)

    def _serve(self, opened: ExitStack) -> None:
        api = HttpApi(self.template.routes, self._functions)
        webhooks = opened.enter_context(Loopback(api, log=self.logs and self.logs / "webhooks.log"))
        invocations = self.logs and self.logs / "invocations.log"
        invoke = opened.enter_context(Loopback(lambda_api(self._functions, self.clock), log=invocations))
        self.api_url, self.lambda_url, self.moto_url = webhooks.url, invoke.url, self._moto.url

    def _create(self, opened: ExitStack) -> None:
        self.cloud = Cloud(self.moto_url)
        self.stack = create_stack(self.cloud, self.stack_name, self.template, self.parameters, self.api_url)
        complete(self.cloud, self.stack_name, self.template, self.stack)
        given = endpoints(self.moto_url, self.lambda_url)
        common = dict(set.intersection(*(set(own.items()) for own in self.stack.environments.values())))
        opened.enter_context(environment({**common, **given, **self.variables}))

    def _load(self) -> None:
        add_to_path(self.template.code_paths)
        for spec in self.template.functions.values():
            self._functions.add(self._function(spec))
        self._sqs = self.cloud.client("sqs")
        self._queues = {name: self.stack.names[name] for name, _ in self.template.of_type("AWS::SQS::Queue")}
        self._pollers = [self._poller(mapping) for mapping in self.template.source_mappings]

    def _function(self, spec: FunctionSpec) -> Function:
        own = {**self.stack.environments[spec.logical_id], "SHOPBRIDGE_SANDBOX": "1", **self.variables}
        role = read_role(self.cloud.client("iam"), spec.logical_id, self.stack.names[spec.role])
        handler = load_handler(spec, own, self.activity)
        physical = self.stack.names[spec.logical_id]
        return Function(spec, physical, handler, role, self.activity, self.crashes, self._background.wake)

    def _poller(self, mapping: SourceMapping) -> Poller:
        function, queue = self._functions[mapping.function], self._queues[mapping.queue]
        return Poller(self._sqs, queue, function, mapping.batch_size, mapping.partial_answers)

    @property
    def calls(self) -> Counter[str]:
        """Every call the handlers made to AWS so far, as IAM names it, such as ``sqs:SendMessage``.

        Counted by moto itself, repeats included; the embedded AWS's own calls and those of
        ``cloud.client`` are not in it.
        """
        return self._moto.calls()

    def verify_sender(self, domain: str) -> None:
        """Let SES take letters from addresses of this domain, as if its DNS records were found."""
        self._moto.verify_sender(domain)

    def letters(self, sender: str) -> list[str]:
        """Every letter that the handlers sent from this address, as it travels."""
        return self._moto.letters(sender)

    @property
    def functions(self) -> Functions:
        """The stack's functions."""
        return self._functions

    @property
    def roles(self) -> Mapping[str, Role]:
        """The functions' roles, by logical id, with what they were used for so far."""
        return {name: self._functions[name].role for name in self.template.functions}

    def invoke(self, name: str, payload: Any = None) -> Any:
        """Invoke a function by logical id, name or ARN; raises what its handler raises."""
        outcome = self._functions[name].run(payload)
        if outcome.crash:
            raise outcome.crash.error
        return outcome.result

    def tick(self, minutes: int) -> list[str]:
        """Let ``minutes`` of schedule time pass at once: invokes what falls due, returns its names."""
        due = self._scheduler.due_within(minutes)
        for schedule in due:
            self._functions[schedule.function].run(json.loads(schedule.payload))
        return [schedule.name for schedule in due]

    def advance(self, seconds: float) -> None:
        """Let SQS time pass at once: messages that back off or are delayed become visible."""
        self._moto.advance(seconds)
        self._background.wake()

    def drain(self, at_most: int = 100_000) -> int:
        """Deliver messages here, in this thread, until every queue is empty or hides what it has.

        Returns:
            How many messages were handed to functions.

        Raises:
            RuntimeError: More than ``at_most`` were, so functions keep feeding each other.
        """
        handed = 0
        while delivered := sum(poller.deliver() for poller in self._pollers):
            handed += delivered
            if handed > at_most:
                raise RuntimeError(f"The queues do not run dry: {handed} messages were delivered")
        return handed

    def start(self, minutes_per_minute: float | None = None, *, publish: bool = False) -> None:
        """Serve the queues in the background, and the schedules that many times faster than real ones.

        Args:
            publish: Put the activity into the log groups as it comes, as AWS does.
        """
        timed: dict[Callable[[], object], float] = {}
        if minutes_per_minute:
            timed[partial(self.tick, 1)] = 60 / minutes_per_minute
        if publish:
            timed[self.publish_activity] = PUBLISHED_EVERY
        self._background.start(self._pollers, timed)

    def stop(self) -> None:
        """End what ``start`` began, after the invocations under way."""
        self._background.stop()

    def queue_depths(self) -> dict[str, Depth]:
        """What every queue holds, dead letters included, by logical id."""
        return {name: depth(self._sqs, url) for name, url in self._queues.items()}

    def publish_activity(self, stream: str = "sandbox") -> None:
        """Put the activity so far into the functions' log groups, where CloudWatch clients can read it."""
        for name in sorted(self.template.log_groups):
            self.activity.publish(self.cloud.client("logs"), self.stack.names[name], stream)
