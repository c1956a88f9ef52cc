"""What an operator may ask for: each answer is plain data, each refusal a sentence, no secret in either."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES
from shopbridge.store.credentials import SsmCredentials
from shopbridge.store.environment import Environment
from shopbridge.store.ledger import DynamoLedger
from tests.integration.stage import (
    NewWorld,
    an_order,
    bring,
    check_log,
    copies,
    depths,
    empty_queues,
    events,
    held,
    imported,
    items,
    not_imported,
    records,
    secrets_of,
    set_up,
    told,
    unannounced,
)
from tests.integration.world import APP_SECRET, World, as_json

IDEAL = (Payment("iDEAL", "paid"),)
OPEN = (Payment("Invoice", "open"),)
MAPS: dict[str, Any] = {
    "status": {"entries": {"open": "1", "in_progress": "2"}},
    "payment": {"entries": {"Invoice": "Cash"}},
    "shipping": {"entries": {"Standard": "shipping"}},
    "tax": {"entries": {"19": "19"}},
}


def ask(world: World, operation: str, **fields: Any) -> dict[str, Any]:
    """The function's answer, after checking that it is plain JSON and holds no secret.

    A change names the stored version, unless it says another one.
    """
    if operation == "change":
        fields.setdefault("version", world.version_of(fields["settings"]["id"]))
    answer: dict[str, Any] = world.invoke("operations", {"operation": operation, **fields})
    text = json.dumps(answer)
    assert json.loads(text) == answer
    assert not [secret for secret in secrets_of(world) if secret in text]
    assert "Traceback" not in text
    return answer


def problems(world: World, operation: str, **fields: Any) -> str:
    """The sentences of a refusal; each ends like one."""
    answer = ask(world, operation, **fields)
    assert answer["ok"] is False, answer
    assert all(sentence[-1] in ".?" for sentence in answer["problems"]), answer
    return "\n".join(answer["problems"])


@pytest.fixture(scope="module")
def one_world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("operations"), maps=MAPS)


@pytest.fixture
def world(one_world: World) -> Iterator[World]:
    """One connection for all tests that leave it as it is."""
    empty_queues()
    one_world.use(one_world.container)
    yield one_world
    check_log(one_world)


# --- requests that make no sense ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "The request: Unable to extract tag"),
        ({"operation": "explode"}, "The request: Input tag 'explode'"),
        ({"operation": "verify"}, "connection: This is needed and is not there."),
        ({"operation": "verify", "connection": 7}, "connection: This should be a text."),
        (
            {"operation": "skip", "connection": "operations", "order": "1", "remark": ""},
            "remark: This may not be empty.",
        ),
        (
            {"operation": "start_run", "connection": "operations", "job": "orders", "since": "last week"},
            "since: This should be a time with its zone",
        ),
        ({"operation": "pause", "connection": "operations", "force": True}, "force: There is no such setting here."),
        (None, "The request: "),
        ([], "The request: "),
        ("pause", "The request: "),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_the_field(world: World, request_: Any, words: str) -> None:
    answer = world.invoke("operations", request_)
    assert answer["ok"] is False
    assert words in answer["problems"][0]


@pytest.mark.parametrize(
    "operation",
    [
        *("verify", "pause", "resume", "delete", "show", "poll_now", "initial_sync", "words", "plan", "change"),
        *("held", "story", "resend", "skip", "runs", "start_run", "stop_run", "resume_run"),
    ],
)
def test_an_unknown_connection_is_named(world: World, operation: str) -> None:
    fields: dict[str, Any] = {"connection": "nobody"}
    if operation.endswith("_run"):
        fields["job"] = "orders"
    if operation in ("story", "resend", "skip"):
        fields["order"] = "10001"
    if operation == "skip":
        fields["remark"] = "gone"
    if operation == "change":
        fields = {"settings": {**world.settings(), "id": "nobody"}}
    before = items(world)
    assert "There is no connection 'nobody'" in problems(world, operation, **fields)
    assert (items(world), depths(world)) == (before, (0, 0, 0))


@pytest.mark.parametrize("operation", ["held", "show", "runs"])
@pytest.mark.parametrize(("typed", "meant"), [("operatoins", "operations"), ("", ""), ("x" * 3000, "")])
def test_a_mistyped_connection_is_an_error_that_names_the_one_meant(
    world: World, operation: str, typed: str, meant: str
) -> None:
    found = problems(world, operation, connection=typed)
    assert "There is no connection" in found
    assert "operations" in found.rpartition("There are: ")[2]
    assert (f"Did you mean {meant!r}?" in found) == bool(meant)


def test_resending_for_a_reason_in_an_unknown_connection_is_an_error(world: World) -> None:
    assert "There is no connection 'nobody'" in problems(world, "resend", connection="nobody", code="gave_up")


# --- create -------------------------------------------------------------------------------------------------------


def test_create_answers_with_the_addresses_remarks_and_no_secret(world: World) -> None:
    answer = ask(world, "create", settings={**world.settings(), "id": "fresh"}, secrets=world.secrets())
    result = answer["result"]
    assert (result["status"], result["version"]) == ("paused", 1)
    assert result["reason"] == "Not started yet: read its plan, then resume it."
    assert result["hooks"]["signed"] == "/hooks/fresh"
    assert len(result["hooks"]["unsigned"].rpartition("/")[2]) >= 22
    assert any("6.6.10.0 answers" in remark for remark in result["remarks"])
    assert any("will be held until the map names them" in remark for remark in result["remarks"])


Spoil = Callable[[dict[str, Any], dict[str, Any]], None]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s, _: s["shop"].update(platform="magento"), "magento"),
        (lambda s, _: s["shop"]["settings"].update(url="shop.example"), "shop.settings.url"),
        (lambda s, _: s["shop"]["settings"].update(colour="red"), "shop.settings.colour"),
        (lambda s, _: s["orders"].update(poll_minutes=7), "poll_minutes"),
        (lambda s, _: s["orders"].update(customers={"default": "always"}), "default_id"),
        (lambda s, _: s.update(id="No Good"), "settings.id"),
        (lambda _, secrets: secrets.pop("office"), "secrets.office.public_key"),
        (lambda _, secrets: secrets["shop"].update(client_id=""), "secrets.shop"),
        (lambda _, secrets: secrets["shop"].update(client_secret="wrong-one"), "does not accept the access key"),
        (lambda _, secrets: secrets["office"].update(secret_key="wrong-one"), "SalesPOS refuses our key"),
        (lambda s, _: s["orders"]["maps"]["status"].update(fallback="99"), "The back office does not know '99'"),
        (lambda s, _: s["orders"].update(statuses=["opne"]), "The shop has no status 'opne'"),
        (lambda s, _: s["orders"].update(rules=[{"target": "nowhere", "source": "order.number"}]), "nowhere"),
    ],
)
def test_create_is_refused_when_anything_fails_to_verify_and_nothing_is_stored(
    world: World, spoil: Spoil, words: str
) -> None:
    settings, secrets = json.loads(json.dumps({**world.settings(), "id": "spoilt"})), world.secrets()
    if words == "secrets.shop":
        secrets["shop"].update(app_name="")
    spoil(settings, secrets)
    assert words in problems(world, "create", settings=settings, secrets=secrets)
    parameters = world.container.store.aws.ssm.describe_parameters()["Parameters"]
    assert not [each["Name"] for each in parameters if "/spoilt/" in each["Name"]]
    assert ConnectionId("spoilt") not in [each.id for each in world.container.bridge.connections.all()]
    assert all(name.startswith("LIMITS#") for name in records(world, "spoilt")), "verifying only counts its calls"
    assert depths(world) == (0, 0, 0)


def test_all_problems_are_told_at_once(world: World) -> None:
    settings, secrets = {**world.settings(), "id": "spoilt"}, world.secrets()
    settings["orders"] = {**settings["orders"], "statuses": ["opne"], "rules": [{"target": "x", "source": "y"}]}
    secrets["office"]["secret_key"] = "wrong-one"
    found = problems(world, "create", settings=settings, secrets=secrets)
    assert all(words in found for words in ("'opne'", "field rule 1", "SalesPOS refuses our key"))


def test_an_id_that_is_taken_is_refused_and_the_standing_connection_stays_as_it_is(world: World) -> None:
    before = ask(world, "show", connection=world.connection)
    secrets = world.secrets()
    secrets["shop"]["client_secret"] = "wrong-one"
    assert "There is a connection" in problems(world, "create", settings=world.settings(), secrets=secrets)
    assert ask(world, "show", connection=world.connection) == before
    assert ask(world, "verify", connection=world.connection)["result"]["verified"] is True


def test_two_who_create_the_same_connection_at_once_never_mix_their_secrets(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    asked = {"settings": {**world.settings(), "id": f"{world.connection}-twice"}}
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    others = {**world.secrets(), "shop": {**world.secrets()["shop"], **keys}}
    told: list[str] = []
    store = SsmCredentials.write

    def write(*values: Any) -> None:
        store(*values)
        if not told:
            told.append("")
            told.append(problems(world, "create", **asked, secrets=others))

    monkeypatch.setattr(SsmCredentials, "write", write)
    ask(world, "create", **asked, secrets=world.secrets())
    assert "Another worker is at it" in told[1]
    assert "There is a connection" in problems(world, "create", **asked, secrets=others)
    kept = {side: world.container.bridge.credentials.read_now(asked["settings"]["id"], side) for side in SIDES}
    assert kept == world.secrets()


# --- change ---------------------------------------------------------------------------------------------------


def test_change_stores_the_settings_as_a_new_version(new_world: NewWorld) -> None:
    world = new_world()
    settings = {**world.settings(), "name": "Renamed"}
    result = ask(world, "change", settings=settings)["result"]
    shown = ask(world, "show", connection=world.connection)["result"]
    assert (result["version"], shown["version"], shown["settings"]["name"]) == (2, 2, "Renamed")


def test_a_change_that_does_not_verify_leaves_everything_as_it_was(new_world: NewWorld) -> None:
    world = new_world()
    before = ask(world, "show", connection=world.connection)
    wrong = {"office": {"public_key": "pub_emul_01", "secret_key": "wrong-one"}}
    assert "SalesPOS refuses our key" in problems(world, "change", settings=world.settings(), secrets=wrong)
    assert ask(world, "show", connection=world.connection) == before
    imported(world, bring(world))


def test_new_secrets_are_used_at_once(new_world: NewWorld) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    secrets = {**world.secrets()["shop"], "client_id": fresh.access_key, "client_secret": fresh.secret_key}
    ask(world, "change", settings=world.settings(), secrets={"shop": secrets})
    world.shop.integration.active = False
    world.shop.access._tokens.clear()
    order_id = unannounced(world, an_order())
    world.poll()
    world.settle()
    imported(world, order_id)


def test_two_operators_who_save_at_once_are_told_and_the_first_wins(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    others = {**world.secrets()["shop"], "client_id": fresh.access_key, "client_secret": fresh.secret_key}
    store = world.container.bridge.connections
    stale = store.get(world.connection)
    assert stale
    ask(world, "change", settings={**world.settings(), "name": "First"})
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "get", lambda *_: stale)
        settings = {**world.settings(), "name": "Second"}
        found = problems(world, "change", settings=settings, secrets={"shop": others})
    assert "Somebody else changed the record in between" in found
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == world.secrets()["shop"]
    assert ask(world, "show", connection=world.connection)["result"]["settings"]["name"] == "First"


def test_a_change_is_told_with_who_made_it_and_what_is_different_and_no_secret(new_world: NewWorld) -> None:
    world = new_world(app=False)
    settings = json.loads(json.dumps(world.settings()))
    settings["orders"]["poll_minutes"] = 10
    settings["orders"]["maps"]["tax"]["entries"] = {"19": "19", "7": "=", "5.5": "5.5"}
    settings["orders"]["customers"] = {"default": "when_missing", "default_id": "4711"}
    settings["name"] = "Jo Doe's shop"
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    result = ask(world, "change", settings=settings, secrets={"shop": keys}, by="anna")["result"]
    (line,) = events(world, "connection_changed")
    assert (line["by"], line["version"], line["count"]) == ("anna", 2, len(line["changes"]))
    assert line["changes"] == result["changes"]
    assert line["changes"] == [
        "name",
        'orders.customers.default: "never" → "when_missing"',
        "orders.customers.default_id",
        'orders.maps.tax.entries.0: "0" → none',
        'orders.maps.tax.entries.5.5: none → "5.5"',
        'orders.maps.tax.entries.7: "7" → "="',
        "orders.poll_minutes: 5 → 10",
        "secrets.shop.client_id",
        "secrets.shop.client_secret",
    ]
    assert not [word for word in ("Jo Doe", "4711", fresh.secret_key) if word in "".join(world.lines)]


@pytest.mark.parametrize("version", [None, 1, 9])
def test_a_change_of_an_older_version_is_refused_with_all_that_belongs_to_it(
    new_world: NewWorld, version: int | None
) -> None:
    world = new_world(app=False)
    ask(world, "change", settings={**world.settings(), "name": "First"})
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    asked = {"settings": {**world.settings(), "name": "Second"}, "secrets": {"shop": keys}, "version": version}
    found = problems(world, "change", **asked)
    assert "what is stored is of version 2" in found
    assert "`export`" in found
    assert "say `version: 2`" in found
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == world.secrets()["shop"]
    assert ask(world, "show", connection=world.connection)["result"]["settings"]["name"] == "First"
    assert len(events(world, "connection_changed")) == 1


def test_a_pause_between_reading_and_changing_is_no_conflict(new_world: NewWorld) -> None:
    world = new_world(app=False)
    ask(world, "pause", connection=world.connection)
    ask(world, "resume", connection=world.connection)
    world.container.bridge.connections.stop(world.connection, "refused")
    result = ask(world, "change", settings={**world.settings(), "name": "Renamed"}, version=1)["result"]
    assert (result["version"], result["status"]) == (5, "stopped")


def test_secrets_that_cannot_be_stored_are_told_and_the_same_change_works_again(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    asked = {"settings": {**world.settings(), "name": "Second"}, "secrets": {"shop": keys}}

    def away(*_: object) -> None:
        raise RetryLater("SSM is away", after=5, where="SSM")

    with monkeypatch.context() as patch:
        patch.setattr(SsmCredentials, "write", away)
        found = problems(world, "change", **asked)
    assert "stored as version 2, but not all secrets: SSM is away" in found
    assert "again with `version: 2`" in found
    assert ask(world, "change", **asked, version=2)["result"]["version"] == 3
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == {**world.secrets()["shop"], **keys}


def test_what_an_app_has_registered_while_a_change_was_verified_stays(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    credentials = world.container.bridge.credentials
    check = world.container.bridge.platforms.check_capabilities

    def registering(settings: Any) -> Any:
        kept = credentials.read_now(world.connection, "shop")
        credentials.write(world.connection, "shop", {**kept, "shop_secret": "from-the-app"})
        return check(settings)

    monkeypatch.setattr(type(world.container.bridge.platforms), "check_capabilities", lambda _, it: registering(it))
    ask(world, "change", settings=world.settings(), secrets={"shop": {"client_secret": world.shop.secret_key}})
    assert credentials.read_now(world.connection, "shop")["shop_secret"] == "from-the-app"


# --- pause, resume, delete, list, show ----------------------------------------------------------------------------


def test_pause_and_resume_are_told_in_list_and_show(new_world: NewWorld) -> None:
    world = new_world()
    assert ask(world, "pause", connection=world.connection)["result"]["reason"] == "Paused by the operator."
    listed = {each["id"]: each for each in ask(world, "list")["result"]}
    assert (listed[world.connection]["status"], listed[world.connection]["shop"]) == ("paused", "shopware")
    result = ask(world, "resume", connection=world.connection)["result"]
    assert (result["status"], result["reason"], result["resent"]) == ("active", "", 0)
    assert depths(world) == (1, 0, 0)


def test_who_paused_resumed_and_deleted_is_told_once_it_is_done(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    store = world.container.bridge.connections
    stale = store.get(world.connection)
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "get", lambda *_: stale and stale.model_copy(update={"version": 7}))
        assert "in between" in problems(world, "pause", connection=world.connection, by="anna")
    assert events(world, "connection_paused") == []
    for operation in ("pause", "resume", "delete"):
        ask(world, operation, connection=world.connection, by="anna")
    told = [
        (line["event"], line["by"]) for line in map(as_json, world.lines) if line["event"].startswith("connection_")
    ]
    assert told == [("connection_paused", "anna"), ("connection_active", "anna"), ("connection_deleted", "anna")]


def test_a_deleted_connection_leaves_its_ledger_and_no_secret(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    assert ask(world, "delete", connection=world.connection)["result"]["status"] == "deleted"
    names = [each["Name"] for each in world.container.store.aws.ssm.describe_parameters()["Parameters"]]
    assert not [name for name in names if f"/{world.connection}/" in name]
    assert world.record(order_id).state == "DONE"
    assert world.connection not in [each["id"] for each in ask(world, "list")["result"]]
    assert "There is no connection" in problems(world, "show", connection=world.connection)
    again = problems(world, "create", settings=world.settings(), secrets=world.secrets())
    assert "belonged to a connection that was deleted" in again


def test_show_counts_the_orders_and_tells_how_far_the_shop_was_read(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    assert ask(world, "show", connection=world.connection)["result"]["read_up_to"] is None
    bring(world)
    bring(world, payments=IDEAL)
    bring(world, state="cancelled")
    world.poll()
    world.settle()
    result = ask(world, "show", connection=world.connection)["result"]
    assert result["orders"] == {"DONE": 1, "HELD": 1, "SKIPPED": 1}
    assert result["read_up_to"].startswith("2026-01-31T12:0")
    assert "client_id" not in json.dumps(result)


def test_verify_and_words_answer_from_both_sides(world: World) -> None:
    result = ask(world, "verify", connection=world.connection)["result"]
    assert (result["verified"], result["problems"]) == (True, [])
    words = ask(world, "words", connection=world.connection)["result"]
    assert words["shop"]["payment"]["payment_invoicepayment"] == "Invoice"
    assert words["shop"]["status"]["open"] == "Open"
    assert words["office"]["status"]["1"] == "New"
    assert set(words["office"]["payment"]) == {"Cash", "Pin", "Ideal"}


def test_words_are_told_before_the_connection_is_created_and_nothing_is_stored(world: World) -> None:
    settings = {**world.settings(), "id": "not-yet", "orders": {}}
    words = ask(world, "words_of", settings=settings, secrets=world.secrets())["result"]
    assert words["shop"]["payment"]["payment_invoicepayment"] == "Invoice"
    assert words["office"]["shipping"]
    assert all(name.startswith("LIMITS#") for name in records(world, "not-yet")), "only calls are counted"
    assert world.container.bridge.connections.get(ConnectionId("not-yet")) is None


def test_words_of_a_shop_whose_app_is_still_to_come_are_those_of_the_back_office(world: World) -> None:
    settings = {**world.settings(), "id": "not-yet", "orders": {}}
    secrets = {**world.secrets(), "shop": {"app_name": "Shopbridge", "app_secret": APP_SECRET}}
    words = ask(world, "words_of", settings=settings, secrets=secrets)["result"]
    assert (words["shop"], "Cash" in words["office"]["payment"]) == ({}, True)
    assert "once its app is installed" in words["remarks"][0]


def test_words_with_wrong_credentials_on_both_sides_tell_both(world: World) -> None:
    settings, secrets = {**world.settings(), "id": "not-yet", "orders": {}}, world.secrets()
    secrets["shop"]["client_secret"] = secrets["office"]["secret_key"] = "wrong-one"
    found = problems(world, "words_of", settings=settings, secrets=secrets)
    assert "does not accept the access key" in found
    assert "SalesPOS refuses our key" in found


def test_poll_now_asks_for_a_poll(world: World) -> None:
    assert ask(world, "poll_now", connection=world.connection)["result"]["poll"] == "requested"
    assert depths(world) == (1, 0, 0)


# --- single orders ------------------------------------------------------------------------------------------------


def test_the_story_tells_an_order_from_the_first_line_to_the_last(new_world: NewWorld) -> None:
    world = new_world()
    bring(world)
    (story,) = ask(world, "story", connection=world.connection, order="10001")["result"]
    assert (story["state"], story["total"], story["open_steps"]) == ("DONE", "28.79", [])
    texts = [line["text"] for line in story["story"]]
    assert texts[0] == "Found by webhook."
    assert texts[1].startswith("Created in the back office as W-")
    assert "Total read back: 28.79 EUR, as in the shop." in texts


def test_an_order_is_found_by_its_number_without_reading_through_all_of_them(new_world: NewWorld) -> None:
    world = new_world()
    number = world.record(bring(world, payments=IDEAL)).reference
    bring(world)
    world.calls.names.clear()
    for operation, fields in (("story", {}), ("resend", {}), ("skip", {"remark": "no"}), ("preview", {})):
        world.ask(operation, connection=world.connection, order=number, **fields)
        assert world.calls.names.count("Query") == 1, operation
        world.calls.names.clear()


def test_an_order_that_the_index_does_not_have_is_found_by_reading_through(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    number = world.record(bring(world)).reference
    monkeypatch.setattr(DynamoLedger, "numbered", lambda *_: ())
    (told_,) = world.ask("story", connection=world.connection, order=number)
    assert told_["order"] == number


def test_an_order_that_never_came_is_told_with_what_to_do(world: World) -> None:
    for operation, more in (("story", {}), ("resend", {}), ("skip", {"remark": "gone"})):
        found = problems(world, operation, connection=world.connection, order="4711", **more)
        assert "No order '4711' has come in" in found
        assert "`why` tells whether the shop has it" in found


@pytest.mark.parametrize("operation", ["story", "resend", "skip"])
def test_a_number_that_two_orders_have_asks_which_and_an_id_answers(new_world: NewWorld, operation: str) -> None:
    world = new_world(maps=MAPS)
    first = bring(world, payments=IDEAL, number="10001", sales_channel="Netherlands")
    second = bring(world, payments=IDEAL, number="10001", sales_channel="Germany")
    asked: dict[str, Any] = {"connection": world.connection, **({"remark": "twice"} if operation == "skip" else {})}
    found = problems(world, operation, order="10001", **asked)
    assert "2 orders have the number 10001" in found
    assert f"{first} (from Netherlands, found on 2026-01-31, HELD)" in found
    assert f"{second} (from Germany, found on 2026-01-31, HELD)" in found
    assert depths(world) == (0, 0, 0)
    ask(world, operation, order=second, **asked)
    stories = [told(world.record(order_id)) for order_id in (first, second)]
    assert ["Skipped by the operator" in story for story in stories] == [False, operation == "skip"]
    assert depths(world)[1] == (operation == "resend")


def test_held_lists_reason_and_fix_and_forgets_what_was_released(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    (entry,) = ask(world, "held", connection=world.connection)["result"]
    assert (entry["order"], entry["code"]) == ("10001", "unmapped_payment")
    assert "orders.maps.payment" in entry["fix"]
    world.changes = {"maps": {**MAPS, "payment": {"fallback": "="}}}
    ask(world, "change", settings=world.settings())
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)
    assert ask(world, "held", connection=world.connection)["result"] == []


def test_resending_what_is_imported_creates_nothing(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    assert "imported already as W-" in problems(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)


def test_resend_by_a_code_that_nothing_waits_for_resends_nothing(world: World) -> None:
    assert ask(world, "resend", connection=world.connection, code="gave_up")["result"] == {"resent": 0, "note": ""}
    assert depths(world) == (0, 0, 0)


def test_a_resend_without_change_leads_back_to_the_same_reason(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    held(world, order_id, "unmapped_payment")


def test_a_resend_of_an_order_that_was_deleted_in_the_shop_says_so(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    world.shop.delete_order(order_id)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    (entry,) = ask(world, "held", connection=world.connection)["result"]
    assert entry["code"] == "gone_from_shop"
    ask(world, "skip", connection=world.connection, order="10001", remark="Deleted by the buyer")
    assert ask(world, "held", connection=world.connection)["result"] == []


def test_a_skipped_order_stays_skipped_whatever_changes_until_it_is_resent(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    answer = ask(world, "skip", connection=world.connection, order="10001", remark="Booked by hand")
    assert answer["result"] == {"skipped": 1}
    world.changes = {"maps": {**MAPS, "payment": {"fallback": "="}}}
    ask(world, "change", settings=world.settings())
    world.clock.advance(5)
    world.shop.touch(order_id)
    world.poll()
    ask(world, "start_run", connection=world.connection, job="orders", since="2026-01-01T00:00:00Z")
    world.settle()
    record = not_imported(world, order_id, "SKIPPED", "skipped_by_operator")
    assert "Skipped by the operator: Booked by hand" in told(record)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)


def test_skipped_orders_are_listed_by_reason_and_every_order_is_counted_once(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    for payments in (OPEN, OPEN, (Payment("Invoice", "paid"),)):
        bring(world, payments=payments)
    bring(world, payments=IDEAL)
    by_hand = bring(world, payments=IDEAL)
    ask(world, "skip", connection=world.connection, order=by_hand, remark="Booked by hand")
    listed = ask(world, "skipped", connection=world.connection)["result"]
    unpaid, operator = listed["reasons"]
    assert (unpaid["code"], unpaid["count"]) == ("payment_not_taken", 2)
    assert [each["order"] for each in unpaid["orders"]] == ["10002", "10001"]
    assert unpaid["reason"] == "Orders with the payment status 'open' are not taken yet."
    assert "add 'open' there" in unpaid["fix"]
    assert (operator["code"], operator["count"]) == ("skipped_by_operator", 1)
    counts = ask(world, "show", connection=world.connection)["result"]["orders"]
    assert counts == {"SKIPPED": listed["count"], "DONE": 1, "HELD": 1}
    assert len(ask(world, "held", connection=world.connection)["result"]) == 1
    one = ask(world, "skipped", connection=world.connection, code="skipped_by_operator")["result"]
    assert [each["id"] for each in one["reasons"][0]["orders"]] == [by_hand]


def test_a_skipped_order_tells_what_a_resend_comes_to_and_what_would_make_it_go(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=OPEN)
    (shown,) = ask(world, "story", connection=world.connection, order="10001")["result"]
    assert shown["fix"].startswith("It goes by itself once its payment has a status that orders.payment_statuses names")
    answer = ask(world, "resend", connection=world.connection, order="10001")["result"]
    assert answer["resent"] == 1
    assert answer["note"] == (
        "It is skipped (payment_not_taken): Orders with the payment status 'open' are not taken yet. It is judged "
        "again as it stands in the shop now, and skipped again for the same reason unless that is gone. " + shown["fix"]
    )
    world.settle()
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    by_reason = ask(world, "resend", connection=world.connection, code="payment_not_taken")["result"]
    assert by_reason["resent"] == 0
    assert by_reason["note"].startswith("1 order is skipped for that reason. Resend them by number")
    world.changes = {"payment_statuses": ["open", "paid"]}
    ask(world, "change", settings=world.settings())
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)
    assert ask(world, "skipped", connection=world.connection)["result"] == {"count": 0, "reasons": []}


def test_what_an_operator_skipped_is_taken_up_by_a_resend_and_says_so(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    bring(world, payments=IDEAL)
    ask(world, "skip", connection=world.connection, order="10001", remark="Booked by hand")
    answer = ask(world, "resend", connection=world.connection, order="10001")["result"]
    assert answer["note"].startswith("It was skipped (skipped_by_operator), which does not count for a resend")


def test_what_is_imported_cannot_be_skipped_any_more(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    found = problems(world, "skip", connection=world.connection, order="10001", remark="too late")
    assert "imported already as W-" in found
    imported(world, order_id)


def test_an_order_that_is_being_worked_on_is_not_skipped(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    record = world.record(order_id)
    resent = record.model_copy(update={"origin": "resend"})
    world.container.bridge.ledger.claim(resent, owner="somebody", lease=timedelta(seconds=60))
    found = problems(world, "skip", connection=world.connection, order="10001", remark="now")
    assert "being worked on" in found
    assert copies(world, order_id) == []


@pytest.mark.parametrize(
    "asked", [{"operation": "poll_now"}, {"operation": "start_run", "job": "orders"}, {"operation": "initial_sync"}]
)
def test_a_connection_that_is_paused_says_so_instead_of_promising(new_world: NewWorld, asked: dict[str, str]) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    answer = world.invoke("operations", {**asked, "connection": world.connection})
    assert answer["ok"] is False
    assert "The connection is paused" in answer["problems"][0]
