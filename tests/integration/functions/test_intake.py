"""The address that shops call: 2xx only when the queue took the notice, and nothing stored otherwise."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbridge.flows.webhooks import LARGEST_BODY
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import OrderNotice
from shopbridge.store.environment import Environment
from tests.integration.functions.webhook_calls import ORDER, UNPROVEN, body_of, call, secret, sign, told, undisturbed
from tests.integration.stage import NewWorld, an_order, depths, empty_queues, imported, items, set_up
from tests.integration.world import APP_SECRET, World


@pytest.fixture(scope="module")
def one_world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("intake"))


@pytest.fixture
def world(one_world: World) -> Iterator[World]:
    yield from undisturbed(one_world)


# --- what is taken -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [True, False])
def test_a_signed_webhook_becomes_a_notice_for_its_order_and_stores_nothing_else(world: World, *, text: bool) -> None:
    call(world, body_of(world))  # the line of its turns is there
    empty_queues()
    before = items(world)
    assert call(world, body_of(world), text=text) == (200, {"taken": True})
    assert (depths(world), items(world)) == ((0, 1, 0), before)
    (message,) = world._sqs.receive_message(QueueUrl=world.environment.order_queue_url)["Messages"]
    notice = OrderNotice.model_validate_json(message["Body"])
    assert (notice.connection, notice.order_id, notice.origin) == (world.connection, ORDER, "webhook")


def test_a_webhook_that_comes_twice_is_queued_twice(world: World) -> None:
    for _ in range(2):
        assert call(world, body_of(world))[0] == 200
    assert depths(world) == (0, 2, 0)


def test_an_event_that_lists_many_orders_queues_each_once(world: World) -> None:
    rows = [{"entity": "order", "primaryKey": f"{number:032x}"} for number in (*range(25), 3)]
    raw = body_of(world, data={"payload": rows, "event": "order.written"})
    assert call(world, raw)[0] == 200
    assert depths(world) == (0, 25, 0)


def test_a_paused_connection_still_takes_webhooks(new_world: NewWorld) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    assert call(world, body_of(world))[0] == 200


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_a_little_off_is_no_reason_to_refuse(world: World, minutes: int) -> None:
    then = world.clock() + timedelta(minutes=minutes)
    assert call(world, body_of(world, timestamp=int(then.timestamp())))[0] == 200


# --- when the queue does not take it ---------------------------------------------------------------------------


@pytest.fixture
def deaf_queue(world: World) -> Iterator[None]:
    """Answers 503 for good, after the client's own repeats."""
    error = {"Error": {"Code": "ServiceUnavailable"}, "ResponseMetadata": {"HTTPStatusCode": 503}}

    def unavailable(**_: Any) -> Any:
        return SimpleNamespace(status_code=503), error

    events = world.container.store.aws.sqs.meta.events
    events.register("before-call.sqs.SendMessageBatch", unavailable)
    yield
    events.unregister("before-call.sqs.SendMessageBatch", unavailable)


@pytest.mark.usefixtures("deaf_queue")
def test_a_queue_that_refuses_is_a_503_and_the_shop_may_send_again(world: World) -> None:
    before = items(world)
    status, answer = call(world, body_of(world))
    assert status == 503
    assert "AWS is busy" in answer["error"]
    assert (depths(world), items(world)) == ((0, 0, 0), before)


def test_an_order_whose_webhook_met_a_503_is_taken_when_the_shop_sends_it_again(new_world: NewWorld) -> None:
    world = new_world()

    def broken(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    events = world.container.store.aws.sqs.meta.events
    events.register("before-call.sqs.SendMessageBatch", broken)
    order_id = world.place(an_order())
    assert world.bridge_answers[-1] == 503
    events.unregister("before-call.sqs.SendMessageBatch", broken)
    world.shop.webhooks._attempt(world.shop.webhooks.delivered[-1])
    assert world.bridge_answers[-1] == 200
    world.settle()
    imported(world, order_id)


def test_a_queue_that_takes_only_a_part_is_a_503(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = world.container.store.aws.sqs

    def refuse(**request: Any) -> dict[str, Any]:
        return {"Failed": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    monkeypatch.setattr(sqs, "send_message_batch", refuse)
    assert call(world, body_of(world))[0] == 503


# --- what is refused -----------------------------------------------------------------------------------------


def refused(world: World, *args: Any, **options: Any) -> tuple[int, Any]:
    """As ``call``; after checking that nothing was stored or queued."""
    before = depths(world), items(world)
    answer = call(world, *args, **options)
    assert (depths(world), items(world)) == before
    return answer


@pytest.mark.parametrize("signature", ["", "0" * 64, "not hex at all", "\x80" * 64])
def test_a_forged_or_missing_signature_is_a_401(world: World, signature: str) -> None:
    assert refused(world, body_of(world), signature=signature) == UNPROVEN
    assert told(world) == "The call is not signed with the shop's secret"


def test_a_signature_over_other_bytes_is_a_401(world: World) -> None:
    raw = body_of(world)
    assert refused(world, raw + b" ", signature=sign(secret(world), raw))[0] == 401


def test_the_apps_own_secret_signs_no_webhook(world: World) -> None:
    raw = body_of(world)
    assert refused(world, raw, signature=sign(APP_SECRET, raw))[0] == 401


@pytest.mark.parametrize(("minutes", "words"), [(-6, "old"), (6, "ahead of our clock")])
def test_a_stale_or_future_call_is_a_401(world: World, minutes: int, words: str) -> None:
    then = world.clock() + timedelta(minutes=minutes)
    assert refused(world, body_of(world, timestamp=int(then.timestamp()))) == UNPROVEN
    assert words in told(world)


def test_another_shops_call_is_a_401(world: World) -> None:
    assert refused(world, body_of(world, source={"shopId": "somebody-else"})) == UNPROVEN


@pytest.mark.parametrize("path", ["nobody", "A", "x" * 3000, "../admin", "%00"])
def test_an_unknown_connection_is_answered_as_a_forged_call_is(world: World, path: str) -> None:
    assert refused(world, body_of(world), path=path) == UNPROVEN


def test_a_deleted_connection_is_answered_so_too(new_world: NewWorld) -> None:
    world = new_world()
    world.ask("delete", connection=world.connection)
    assert refused(world, body_of(world)) == UNPROVEN


def test_a_connection_without_credentials_is_answered_so_too_and_looked_for_once_a_minute(new_world: NewWorld) -> None:
    world = new_world()
    world.container.bridge.credentials.delete(world.connection)
    before = len(world.calls.names)
    for _ in range(20):
        assert refused(world, body_of(world)) == UNPROVEN
    assert world.calls.names[before:].count("GetParameters") == 1
    world.container.bridge.credentials.write(world.connection, "shop", {"shop_secret": secret(world)})
    world.clock.advance(60)
    assert call(world, body_of(world, source={"shopId": ""}))[0] == 200


def test_a_body_over_one_megabyte_is_a_413_before_anything_is_looked_up(world: World) -> None:
    before = len(world.calls.names)
    status, answer = call(world, b"x" * (LARGEST_BODY + 1))
    assert (status, len(world.calls.names)) == (413, before)
    assert "1000000 bytes" in answer["error"]


def test_a_body_of_just_one_megabyte_is_taken(world: World) -> None:
    raw = body_of(world)
    padded = raw[:-1] + b" " * (LARGEST_BODY - len(raw)) + b"}"
    assert call(world, padded)[0] == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"data": None},
        {"data": []},
        {"data": {"payload": []}},
        {"data": {"event": 7}},
        {"data": {"event": "spaces are no event"}},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": True},
    ],
)
def test_a_signed_call_that_cannot_be_read_is_a_400(world: World, changed: dict[str, Any]) -> None:
    assert refused(world, body_of(world, **changed))[0] == 400


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"7", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_signed_nonsense_is_a_400(world: World, raw: bytes) -> None:
    assert refused(world, raw)[0] == 400


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300), signed=st.booleans())
def test_arbitrary_bytes_are_refused_without_a_crash(world: World, raw: bytes, *, signed: bool) -> None:
    status, _ = call(world, raw, signature=None if signed else "0" * 64)
    assert status == (400 if signed else 401)
    assert depths(world) == (0, 0, 0)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=8,
    )
)
def test_signed_json_of_any_form_is_answered_with_a_client_error_or_taken(world: World, data: Any) -> None:
    for envelope in (data, {"event": "order.written", "payload": data}):
        assert call(world, body_of(world, data=envelope))[0] in (200, 400)


# --- the form without a signature ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_token(one_world: World) -> str:
    """The path with a connection's token, which is told once, when it is created."""
    settings = {**one_world.settings(), "id": "intake-t"}
    answer = one_world.ask("create", settings=settings, secrets=one_world.secrets(), start=True)
    return str(answer["hooks"]["unsigned"].removeprefix("/hooks/"))


def test_the_form_with_a_token_asks_for_a_poll_and_trusts_no_body(world: World, with_token: str) -> None:
    before = items(world)
    assert call(world, b"whatever \xff", path=with_token, signature="")[0] == 200
    assert (depths(world), items(world)) == ((1, 0, 0), before)


@pytest.mark.parametrize("change", [lambda path: path[:-2] + "__", lambda path: path + "x", lambda path: path[:-5]])
def test_a_wrong_token_is_answered_like_an_unknown_connection(world: World, with_token: str, change: Any) -> None:
    wrong = refused(world, b"{}", path=change(with_token), signature="")
    unknown = refused(world, b"{}", path="nobody/token/abc", signature="")
    assert wrong == unknown == UNPROVEN


def test_the_token_is_kept_only_as_a_hash(world: World, with_token: str) -> None:
    token = with_token.rpartition("/")[2]
    stored = world.container.store.connections.get(ConnectionId("intake-t"))
    assert stored
    assert token not in stored.model_dump_json()
    assert token not in "".join(world.lines)
