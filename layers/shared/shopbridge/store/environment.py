"""What a function is told: by template.yaml through environment variables, checked at cold start, and by Lambda."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shopbridge.errors import NeedsAttention

Name = Annotated[str, Field(min_length=1)]
Switch = Annotated[bool, BeforeValidator("1".__eq__)]
"""On only for the text ``1``: a switch that loosens a check must not be thrown by accident."""


class Environment(BaseModel):
    """Names of our resources.

    Attributes:
        parameter_prefix: Path that all SSM parameters of this deployment share; no slash at the end.
        service: Which function this is, for the activity log.
        public_url: Where shops reach the webhooks; only some functions are told.
        notice_topic: The SNS topic that people subscribe to; empty for none.
        ticking_functions: Names of the functions that schedules call, with commas between; for the operations.
        metric_namespace: Where the metrics of connections are kept; only the watch is told.
        metric_connections: How many connections have metrics of their own.
        mail_identity: The verified domain or address that documents are mailed from, ``*`` for any, empty for none.
        mail_region: Where SES knows it.
        sandbox: Platforms on loopback are allowed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    connections_table: Name = Field(validation_alias="SHOPBRIDGE_CONNECTIONS_TABLE")
    state_table: Name = Field(validation_alias="SHOPBRIDGE_STATE_TABLE")
    order_queue_url: Name = Field(validation_alias="SHOPBRIDGE_ORDER_QUEUE_URL")
    poll_queue_url: Name = Field(validation_alias="SHOPBRIDGE_POLL_QUEUE_URL")
    backfill_queue_url: Name = Field(validation_alias="SHOPBRIDGE_BACKFILL_QUEUE_URL")
    stock_queue_url: Name = Field(validation_alias="SHOPBRIDGE_STOCK_QUEUE_URL")
    product_queue_url: Name = Field(validation_alias="SHOPBRIDGE_PRODUCT_QUEUE_URL")
    parameter_prefix: Annotated[str, Field(pattern=r"^(/[\w.-]+)+$")] = Field(
        validation_alias="SHOPBRIDGE_PARAMETER_PREFIX"
    )
    service: str = Field(default="shopbridge", validation_alias="SHOPBRIDGE_SERVICE")
    public_url: str = Field(default="", validation_alias="SHOPBRIDGE_PUBLIC_URL")
    notice_topic: str = Field(default="", validation_alias="SHOPBRIDGE_NOTICE_TOPIC")
    ticking_functions: str = Field(default="", validation_alias="SHOPBRIDGE_TICKING_FUNCTIONS")
    metric_namespace: str = Field(default="", validation_alias="SHOPBRIDGE_METRIC_NAMESPACE")
    metric_connections: int = Field(default=0, validation_alias="SHOPBRIDGE_METRIC_CONNECTIONS")
    mail_identity: str = Field(default="", validation_alias="SHOPBRIDGE_MAIL_IDENTITY")
    mail_region: str = Field(default="", validation_alias="SHOPBRIDGE_MAIL_REGION")
    sandbox: Switch = Field(default=False, validation_alias="SHOPBRIDGE_SANDBOX")


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check the variables. Raises NeedsAttention naming every one that is missing or wrong."""
    try:
        return Environment.model_validate(dict(variables))
    except ValidationError as error:
        names = sorted(str(problem["loc"][0]) for problem in error.errors(include_url=False, include_input=False))
        raise NeedsAttention(
            f"Environment variables are missing or wrong: {', '.join(names)}",
            where="this function",
            fix="Deploy it from template.yaml, which sets them all.",
        ) from error


class LambdaContext(Protocol):
    """What we use of the context Lambda hands to a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the invocation."""


@dataclass
class InvocationDeadline:
    """The port ``Deadline`` over Lambda's context; unlimited until a handler sets it."""

    _ends: float = field(default=float("inf"))

    def start(self, context: LambdaContext) -> None:
        """Begin a new invocation."""
        self._ends = time.monotonic() + context.get_remaining_time_in_millis() / 1000

    def remaining(self) -> float:
        """Return seconds until Lambda ends the invocation."""
        return self._ends - time.monotonic()
