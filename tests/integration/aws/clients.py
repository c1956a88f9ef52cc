"""AWS clients for many containers: a copy of one, with hooks of its own, costs an eighth of making one."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.quick.weather import find_addresses_once
from shopbridge.store.aws import Aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

AnyClient = TypeVar("AnyClient")
_originals: list[Aws] = []


@contextmanager
def copied_clients() -> Iterator[None]:
    """Let containers that are made while the ``with`` block runs have copies of the same clients."""
    _originals.append(Aws())
    for client in (_originals[-1].dynamodb, _originals[-1].sqs, _originals[-1].ssm):
        find_addresses_once(client)
    try:
        yield
    finally:
        _originals.pop()


def new_aws() -> Aws:
    """The clients of a new container."""
    return _Copies(_originals[-1])


class _Copies(Aws):
    """What each container calls most; the other clients it makes when it needs them."""

    def __init__(self, originals: Aws) -> None:
        self._originals = originals

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return _copied(self._originals.dynamodb)

    @cached_property
    def sqs(self) -> "SQSClient":
        return _copied(self._originals.sqs)

    @cached_property
    def ssm(self) -> "SSMClient":
        return _copied(self._originals.ssm)


def _copied(client: AnyClient) -> AnyClient:
    """Past the client's own answer to names that it does not have, which needs what is being copied."""
    of: Any = client
    made, meta, endpoint = object.__new__(type(client)), copy(of.meta), copy(of._endpoint)
    meta.events = endpoint._event_emitter = copy(of.meta.events)
    vars(made).update(vars(client), meta=meta, _endpoint=endpoint)
    return made
