"""Refuses what a function's role does not allow, as AWS would: a missing right shows here, not in production.

Looks at the inline policies of roles; of services whose rights name no resource, at the action alone. Not
simulated: conditions, denials, AWS-managed policies. What a role was used for is kept, so that a right nobody
needs shows, too.
"""

from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from sandbox.aws.moto import ACCOUNT, REGION
from sandbox.aws.partiql import insertion


@dataclass(frozen=True)
class Role:
    """What one function may do, as pairs of an action and the ARN (or pattern) it is allowed on.

    Attributes:
        used: Those that a call was allowed by so far.
    """

    function: str
    allowed: frozenset[tuple[str, str]]
    used: set[tuple[str, str]] = field(default_factory=set, compare=False)

    def allows(self, action: str, arn: str) -> bool:
        """Whether a statement covers the call."""
        covering = {(may, on) for may, on in self.allowed if fnmatchcase(action, may) and fnmatchcase(arn, on)}
        self.used.update(covering)
        return bool(covering)

    @property
    def unused(self) -> frozenset[tuple[str, str]]:
        """What it is allowed and never did."""
        return self.allowed - self.used


acting: ContextVar[Role | None] = ContextVar("acting_role", default=None)
"""The role of the function whose handler runs."""


def read_role(iam: Any, function: str, role_name: str) -> Role:
    """The role as CloudFormation made it."""
    names = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    texts = (iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"] for name in names)
    # moto keeps what CloudFormation made with the role as the text of a Python dict, and a policy of its own as it is.
    documents = (literal_eval(text) if isinstance(text, str) else text for text in texts)
    statements = (statement for document in documents for statement in _listed(document["Statement"]))
    return Role(function, frozenset(pair for statement in statements for pair in _pairs(statement)))


def _pairs(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((action, arn) for action in _listed(statement["Action"]) for arn in _listed(statement["Resource"]))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@contextmanager
def enforced() -> Iterator[None]:
    """Clients that are made in the block through boto3's default session are checked."""
    before, session = boto3.DEFAULT_SESSION, boto3.Session()
    session.events.register("provide-client-params", _check)
    boto3.DEFAULT_SESSION = session
    try:
        with patch.object(ThreadPoolExecutor, "submit", _submit_as_role):
            yield
    finally:
        boto3.DEFAULT_SESSION = before


_submit = ThreadPoolExecutor.submit


def _submit_as_role(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
    """What a handler has done in other threads it does with its own role."""
    return _submit(pool, copy_context().run, work, *args, **named)


def _check(params: dict[str, Any], model: OperationModel, **_: Any) -> None:
    if role := acting.get():
        for action, arn in needed(model.service_model.service_name, model.name, params):
            if not role.allows(action, arn):
                raise _denied(role, action, arn, model.name)


def _denied(role: Role, action: str, arn: str, operation: str) -> ClientError:
    message = f"The role of {role.function} in template.yaml does not allow {action} on {arn}"
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation)


def needed(service: str, operation: str, params: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The IAM actions and ARNs of a call."""
    match service:
        case "dynamodb":
            return _dynamodb(operation, params)
        case "sqs":
            # A batch needs the right to the single action (SQS developer guide, API permissions).
            queue = params["QueueUrl"].rpartition("/")[2]
            return [(f"sqs:{operation.removesuffix('Batch')}", _arn("sqs", queue))]
        case "sns":
            return [(f"sns:{operation}", params["TopicArn"])]
        case "ssm":
            names = params.get("Names") or [params["Name"]]
            return [(f"ssm:{operation}", _arn("ssm", f"parameter{name}")) for name in names]
        case "sesv2":
            # An address is sent from by the right to its domain, where that is what was verified.
            named = params.get("EmailIdentity") or params["FromEmailAddress"]
            return [(f"ses:{operation}", _arn("ses", f"identity/{named.rpartition('@')[2]}"))]
        case _:
            group = params.get("logGroupName") if service == "logs" else None
            return [(f"{service}:{operation}", _arn("logs", f"log-group:{group}") if group else "*")]


def _dynamodb(operation: str, params: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if operation == "TransactWriteItems":
        # A transaction needs the rights of its parts (DynamoDB developer guide, transactions and IAM).
        parts = [part for item in params["TransactItems"] for part in item.items()]
        return [(_part_action(kind), _table(part["TableName"])) for kind, part in parts]
    if operation == "BatchExecuteStatement":
        # What a statement does is a right of its own (DynamoDB developer guide, IAM and PartiQL).
        return [("dynamodb:PartiQLInsert", _table(insertion(each)[0])) for each in params["Statements"]]
    if "RequestItems" in params:
        return [(f"dynamodb:{operation}", _table(name)) for name in params["RequestItems"]]
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return [(f"dynamodb:{operation}", _table(params["TableName"]) + index)]


def _part_action(kind: str) -> str:
    return f"dynamodb:{kind}Item"


def _table(name: str) -> str:
    return _arn("dynamodb", f"table/{name}")


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
