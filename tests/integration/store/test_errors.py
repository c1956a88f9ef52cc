"""What AWS errors mean: busy is for later, a moved record is a conflict, a missing right is a bug."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from shopbridge.errors import Conflict, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.store.aws import speaking_to
from shopbridge.store.bundle import Store
from shopbridge.store.items import key
from tests.integration.conftest import Calls, ManualClock


def refusal(code: str, status: int = 400, **more: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "…"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(answer, "Operation")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
        refusal("RequestLimitExceeded"),
        refusal("TransactionConflictException"),
        refusal("InternalServerError", 500),
        refusal("ServiceUnavailable", 503),
        refusal("TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError"}]),
        ReadTimeoutError(endpoint_url="https://dynamodb.example"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.example"),
        EndpointConnectionError(endpoint_url="https://dynamodb.example"),
    ],
)
def test_a_busy_or_silent_service_is_for_later_with_a_sentence(error: Exception) -> None:
    sentence = r"^AWS is busy or cannot be reached \(\w+.*\) \(DynamoDB\)"
    with pytest.raises(RetryLater, match=sentence) as caught, speaking_to("DynamoDB"):
        raise error
    assert caught.value.after == 5


@pytest.mark.parametrize(
    "error",
    [
        refusal("ConditionalCheckFailedException"),
        refusal("TransactionCanceledException", CancellationReasons=[{"Code": "ConditionalCheckFailed"}]),
        refusal("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]),
    ],
)
def test_a_moved_record_is_a_conflict(error: ClientError) -> None:
    with pytest.raises(Conflict), speaking_to("DynamoDB"):
        raise error


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_mistake_of_ours_crashes(code: str) -> None:
    with pytest.raises(ClientError), speaking_to("DynamoDB"):
        raise refusal(code)


def answers(store: Store, monkeypatch: pytest.MonkeyPatch, method: str, answer: Callable[..., Any]) -> None:
    monkeypatch.setattr(store.aws.dynamodb, method, answer)


def test_what_a_batch_left_out_is_asked_for_again(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    wanted = [key(connection_id, name) for name in "abc"]

    def one_at_a_time(RequestItems: Any) -> Any:  # noqa: N803 - AWS's own name
        first, *others = RequestItems["state"]["Keys"]
        left = {"state": {"Keys": others}} if others else {}
        return {"Responses": {"state": [first]}, "UnprocessedKeys": left}

    answers(store, monkeypatch, "batch_get_item", one_at_a_time)
    assert store.ledger.table.get_many(wanted) == wanted
    assert clock.slept == [0.05, 0.1]
    with pytest.raises(RetryLater, match="only in part"):
        store.ledger.table.get_many([key(connection_id, name) for name in "abcde"])
    assert clock.slept[2:] == [0.05, 0.1, 0.2]


def test_deletions_that_a_batch_left_out_are_repeated_then_left_for_later(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(store, monkeypatch, "batch_write_item", lambda RequestItems: {"UnprocessedItems": RequestItems})  # noqa: N803
    with pytest.raises(RetryLater, match="only in part"):
        store.ledger.table.delete_many([key(connection_id, "a")])


def test_writes_go_in_batches_of_twenty_five(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    items = [{**key(connection_id, f"BATCH#{n:02}"), "n": {"N": str(n)}} for n in range(30)]
    store.ledger.table.put_many(items)
    assert calls.taken() == {"BatchWriteItem": 2}
    found = store.ledger.table.get_many([key(connection_id, f"BATCH#{n:02}") for n in range(30)])
    assert sorted(found, key=lambda item: str(item["record"]["S"])) == items


def test_a_key_that_an_index_gave_twice_is_read_once(store: Store, connection_id: ConnectionId) -> None:
    wanted = key(connection_id, "a")
    store.ledger.table.put(wanted)
    assert store.ledger.table.get_many([wanted, wanted]) == [wanted]
