"""People are told of the first trouble of a kind, of its end, and of each day; once, whoever looks or dies."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.main import get_command

from sandbox.platforms.shopware import Payment
from shopbridge.flows.telling.measures import MEASURES
from shopbridge.flows.telling.summaries import due_at
from shopbridge.model.settings import NoticeSettings
from shopbridge.store.activity import Metrics
from shopbridge.wiring import Container
from shopbridge_cli.app import app
from tests.integration.stage import PERSONAL, NewWorld, bring, events
from tests.integration.world import Calls, Killed, World

TICK: dict[str, Any] = json.loads((Path(__file__).parents[3] / "events" / "watch" / "tick.json").read_text())
IDEAL = (Payment("iDEAL", "paid"),)
Mails = Callable[[], list[tuple[str, str]]]


def typed(text: str) -> list[str]:
    """The commands that a message names; each is one that the command line takes as it stands."""
    found = [line.strip() for line in text.splitlines() if line.strip().startswith("shopbridge ")]
    for line in found:
        _understood(get_command(app), line.split()[1:])
    return found


def _understood(command: Any, words: list[str]) -> None:
    """Raises UsageError for what is no command, or lacks an option."""
    context = command.make_context(command.name or "shopbridge", list(words))
    if hasattr(command, "resolve_command"):
        _, below, rest = command.resolve_command(context, words)
        _understood(below, rest)


@pytest.fixture
def topic() -> Iterator[tuple[str, Mails]]:
    """The topic, and what arrived at somebody who subscribed to it."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def arrived() -> list[tuple[str, str]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        bodies = [json.loads(message["Body"]) for message in found]
        return [(body["Subject"], body["Message"]) for body in bodies]

    yield topic, arrived
    sqs.delete_queue(QueueUrl=queue)
    sns.delete_topic(TopicArn=topic)


@pytest.fixture
def world(new_world: NewWorld, topic: tuple[str, Mails]) -> World:
    """The only connection there is, whose people are told."""
    world = new_world()
    connections = world.container.bridge.connections
    for other in connections.all():
        if other.id != world.connection:
            connections.delete(other.id, world.clock())
    world.environment = replace(world.environment, notice_topic=topic[0])
    world.new_container()
    return world


@pytest.fixture
def mails(topic: tuple[str, Mails]) -> Mails:
    return topic[1]


def looks(world: World, minutes: float = 0) -> None:
    """Let time pass with a poll and a look of the watch every five minutes, and look once more."""
    for _ in range(int(minutes // 5)):
        world.clock.advance(300)
        world.poll()
        world.settle()
        world.invoke("watch", TICK)
    world.invoke("watch", TICK)


def set_notices(world: World, **settings: Any) -> None:
    connections = world.container.bridge.connections
    found = connections.get(world.connection)
    assert found is not None
    chosen = found.settings.model_copy(update={"notices": NoticeSettings(**settings)})
    changed = found.model_copy(update={"settings": chosen, "version": found.version + 1})
    connections.save(changed, expected_version=found.version)


# --- troubles -------------------------------------------------------------------------------------------------------


def test_the_first_order_of_a_kind_is_told_with_reason_fix_and_commands_and_its_end_once(
    world: World, mails: Mails
) -> None:
    number = world.shop.order(bring(world, payments=IDEAL))["orderNumber"]
    looks(world)
    ((subject, text),) = mails()
    assert subject == f"Shopbridge {world.connection}: 1 order waits (unmapped_payment)"
    assert "unmapped_payment (1): " in text
    assert "  What to do: " in text
    assert f"    shopbridge order {number} -c {world.connection}\n" in text
    assert f"    shopbridge resend --code unmapped_payment -c {world.connection}\n" in text
    assert typed(text)[-1] == f"shopbridge health -c {world.connection}"
    assert not [word for word in PERSONAL if word in text]
    looks(world, 30)
    assert mails() == []
    world.ask("skip", connection=world.connection, order=number, remark="by hand")
    looks(world)
    ((subject, text),) = mails()
    assert subject == f"Shopbridge {world.connection}: over: unmapped_payment"
    assert "Over:\n  unmapped_payment, told 3" in text
    looks(world, 30)
    assert mails() == []


def test_a_second_order_of_a_kind_is_not_told(world: World, mails: Mails) -> None:
    bring(world, payments=IDEAL)
    looks(world)
    assert len(mails()) == 1
    bring(world, payments=IDEAL)
    looks(world)
    assert mails() == []


def test_a_kind_that_comes_and_goes_is_told_once_an_hour(world: World, mails: Mails) -> None:
    told = []
    for _ in range(6):
        bring(world, payments=IDEAL)
        looks(world)
        (code,) = {
            record.reason.code for record in world.container.bridge.ledger.held(world.connection) if record.reason
        }
        world.ask("bulk", action="skip", connection=world.connection, code=code, remark="by hand", confirm=1)
        looks(world, 10)
        told += [subject.rpartition(": ")[2] for subject, _ in mails()]
    begun = [subject for subject in told if subject.startswith("1 order waits")]
    assert len(begun) in (1, 2), told
    assert told.count("unmapped_payment") == len(begun), told


def test_a_stopped_connection_is_told_with_the_command_that_looks_what_is_wrong(world: World, mails: Mails) -> None:
    looks(world)
    world.container.bridge.connections.stop(world.connection, "Shopware does not accept the access key.")
    world.invoke("watch", TICK)
    ((subject, text),) = mails()
    assert subject == f"Shopbridge {world.connection}: stopped"
    assert "  Shopware does not accept the access key.\n" in text
    assert typed(text)[0] == f"shopbridge verify -c {world.connection}"


def test_who_wants_no_messages_gets_none(world: World, mails: Mails) -> None:
    set_notices(world, troubles=False, summary="never")
    bring(world, payments=IDEAL)
    looks(world)
    looks(world, 30)
    world.clock.advance(86400)
    looks(world)
    assert mails() == []


def test_two_looks_at_once_tell_once_wherever_the_second_comes_in(world: World, mails: Mails) -> None:
    bring(world, payments=IDEAL)
    looked, told = _calls_of_a_look(world), mails()
    assert len(told) == 1
    reads = [at for at, name in enumerate(looked) if name in ("GetItem", "BatchGetItem")]
    for at in reads:  # whatever was read may be old by now
        _forget_all(world)

        def another() -> None:
            first = world.container
            world.new_container()
            world.invoke("watch", TICK)
            world.use(first)

        calls = Calls(at=at, when="after", meanwhile=another)
        world.new_container(calls)
        world.invoke("watch", TICK)
        world.new_container()
        assert len(mails()) == 1, calls.names[: at + 1]


def test_a_watch_that_dies_anywhere_loses_no_message_and_doubles_one_at_the_most(world: World, mails: Mails) -> None:
    bring(world, payments=IDEAL)
    world.calls.names.clear()
    probe = len(_calls_of_a_look(world))
    assert len(mails()) == 1
    struck = 0
    for at in range(0, probe, 2):
        _forget_all(world)
        calls = Calls(at=at, when="after")
        world.new_container(calls)
        with suppress(Killed):
            world.invoke("watch", TICK)
        struck += calls.struck
        world.new_container()
        for _ in range(3):  # the next tick may find the dead one's lease
            world.clock.advance(300)
            world.invoke("watch", TICK)
        assert 1 <= len(mails()) <= 2, at
    assert struck >= 6


def _calls_of_a_look(world: World) -> list[str]:
    world.new_container()
    world.invoke("watch", TICK)
    return list(world.calls.names)


def _forget_all(world: World) -> None:
    """As if nobody had been told."""
    health = world.container.bridge.health
    health.told_people(world.connection, {})
    health.held_seen(world.connection, "", ())
    table = world.container.store._state
    found = table.query(
        "#connection = :connection AND begins_with(#record, :notices)",
        connection={"S": world.connection},
        notices={"S": "NOTICE#"},
    )
    table.delete_many([{"connection": item["connection"], "record": item["record"]} for item in found])


# --- summaries ------------------------------------------------------------------------------------------------------


def test_a_day_is_summed_up_once_at_the_hour_of_the_connection_s_clock(world: World, mails: Mails) -> None:
    set_notices(world, summary_hour=7, time_zone="Europe/Budapest", troubles=False)
    looks(world)
    bring(world)
    bring(world, payments=IDEAL)
    looks(world)
    world.clock.now = datetime(2026, 2, 1, 5, 55, tzinfo=UTC)
    world.invoke("watch", TICK)
    assert mails() == []
    world.clock.now = datetime(2026, 2, 1, 6, 0, tzinfo=UTC)
    world.invoke("watch", TICK)
    ((subject, text),) = mails()
    assert subject == f"Shopbridge {world.connection}: 1 imported, 1 held"
    assert text.startswith(f"{world.connection}, 2026-01-31 13:0")
    assert "to 2026-02-01 07:00 (CET):\n1 imported, 1 held.\n" in text
    assert "unmapped_payment (1): " in text
    commands = ("held", "orders --since 2026-01-31")
    assert typed(text) == [f"shopbridge {command} -c {world.connection}" for command in commands]
    assert not [word for word in PERSONAL if word in text]
    looks(world, 30)
    assert mails() == []
    world.clock.now = datetime(2026, 2, 2, 6, 5, tzinfo=UTC)
    world.invoke("watch", TICK)
    ((subject, _),) = mails()
    assert subject == f"Shopbridge {world.connection}: 0 imported, 1 held"


@pytest.mark.parametrize(("chosen", "told"), [("with_news", 0), ("always", 1), ("never", 0)])
def test_a_day_with_nothing_to_tell_is_told_where_it_is_wanted(
    world: World, mails: Mails, chosen: str, told: int
) -> None:
    set_notices(world, summary=chosen, troubles=False)
    looks(world)
    world.poll()
    world.settle()
    world.clock.now += timedelta(days=1)
    world.poll()
    world.settle()
    world.invoke("watch", TICK)
    assert len(mails()) == told


def test_the_hour_is_that_of_the_zone_also_when_clocks_change() -> None:
    settings = NoticeSettings(summary_hour=7, time_zone="Europe/Budapest")
    assert due_at(settings, datetime(2026, 3, 28, 6, 30, tzinfo=UTC)).astimezone(UTC).hour == 6
    assert due_at(settings, datetime(2026, 3, 29, 6, 30, tzinfo=UTC)).astimezone(UTC).hour == 5
    assert due_at(settings, datetime(2026, 3, 29, 4, 59, tzinfo=UTC)).day == 28
    india = NoticeSettings(summary_hour=7, time_zone="Asia/Kolkata")
    assert due_at(india, datetime(2026, 3, 29, 2, 0, tzinfo=UTC)).astimezone(UTC).minute == 30


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        NoticeSettings(time_zone="Budapest")


# --- figures --------------------------------------------------------------------------------------------------------


def test_each_look_tells_figures_of_which_metrics_are_made(world: World) -> None:
    world.container.store.activity = type(world.container.store.activity)(
        "watch", world.clock, world.lines.append, Metrics("Shopbridge/test", 1)
    )
    world.use(Container(world.container.store, transport=world.container.transport))
    world.poll()
    world.settle()
    bring(world)
    bring(world, payments=IDEAL)
    world.clock.advance(7200)
    world.invoke("watch", TICK)
    every, own = events(world, "measured")
    assert own["connection"] == world.connection
    assert {name: own[name] for name in MEASURES} == {
        "imported": 1,
        "refused": 0,
        "held": 1,
        "oldest_held_minutes": own["oldest_held_minutes"],
        "lag_minutes": own["lag_minutes"],
    }
    assert 118 <= own["oldest_held_minutes"] <= 125
    (described,) = own["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("Shopbridge/test", [["connection"]])
    assert {metric["Name"] for metric in described["Metrics"]} == set(MEASURES)
    assert every["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]
    assert {name: every[name] for name in MEASURES} == {name: own[name] for name in MEASURES}


def test_no_more_connections_have_metrics_than_are_paid_for(world: World) -> None:
    lines: list[str] = []
    store = world.container.store
    activity = type(store.activity)("watch", world.clock, lines.append, Metrics("Shopbridge/test", 2))
    figures: dict[Any, Any] = {"": {"held": 3}, "a-shop": {"held": 1}, "b-shop": {"held": 1}, "c-shop": {"held": 1}}
    activity.measured("measured", figures)
    told = [json.loads(line) for line in lines]
    assert [each["connection"] for each in told if "_aws" in each] == ["", "a-shop", "b-shop"]
    assert [each["held"] for each in told] == [3, 1, 1, 1]
