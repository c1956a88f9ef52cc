"""The demo, whole: AWS from the template, both platforms on loopback, and the command line against them."""

import pytest
from typer.testing import CliRunner

from sandbox.demo.keep import write_second
from sandbox.demo.world import World
from shopbridge_cli.app import app
from tests.e2e.ran import Ran, Right, ran

PAIR = "shopware-salespos"
WORKERS = ("OrderPoll", "OrderImport", "StockPush", "ProductSync")
READERS = {
    "PollQueue": "OrderPoll",
    "OrderQueue": "OrderImport",
    "BackfillQueue": "OrderImport",
    "StockQueue": "StockPush",
    "ProductQueue": "ProductSync",
}
SPEED = 20
"""Signed calls may be five minutes old: at this speed a busy machine may stand still for fifteen seconds."""
INVOICES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,85123a,WHITE HOLDER,2,2010-12-01 08:28:00,2.55,17850.0,United Kingdom
536370,22728,ALARM CLOCK,24,2010-12-01 08:45:00,3.75,12583.0,France
536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583.0,France
536389,22941,CHRISTMAS LIGHTS,6,2010-12-01 10:03:00,8.5,12431.0,Australia
C536379,22728,ALARM CLOCK,-1,2010-12-01 09:41:00,3.75,14527.0,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
536569,M,Manual,1,2010-12-01 15:35:00,1.25,16274.0,United Kingdom
536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    said: dict[str, str] = {}

    def ask(world: World) -> None:
        environment = {"SHOPBRIDGE_OPERATIONS_FUNCTION": world.function, "COLUMNS": "200"}
        for words in ("list", "show", "held", "order 10002", "order 10017", "words", "order 99", "runs show"):
            answer = CliRunner().invoke(app, words.split(), env=environment)
            said[words] = answer.output
        write_second(world, build / "second.yaml")
        said["second"] = (build / "second.yaml").read_text()
        said["create"] = (
            CliRunner()
            .invoke(app, ["create", "--start", "--beside", "demo", str(build / "second.yaml")], env=environment)
            .output
        )
        for words in ("skipped -c demo", "poll -c demo", "runs start orders -c demo", "delete second --yes"):
            said[words] = CliRunner().invoke(app, words.split(), env=environment).output
        world.settled(30)

    build = tmp_path_factory.mktemp("story")
    result = ran(PAIR, build, SPEED, linger=ask)
    result.said = said
    return result


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    build = tmp_path_factory.mktemp("retail")
    (build / "retail.csv").write_text(INVOICES)
    return ran(PAIR, build, SPEED, build / "retail.csv")


def test_every_kind_of_order_occurs_and_nothing_is_lost(story: Ran) -> None:
    assert story.good, story.screen
    assert story.json["ok"] is True
    later = ("calls", "seconds", "products", "stock", "runs", "idle_runs")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 28,
        "imported": 25,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {"missing_product": 1},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
        "by_webhook": 22,
        "by_poll": 3,
    }
    assert set(story.pair["calls"]) == {"shop", "office", "aws"}
    assert all(story.pair["calls"].values())


def test_products_and_prices_come_into_the_shop_and_texts_stay(story: Ran) -> None:
    assert story.pair["products"] == {
        "in_office": 10,
        "created": 4,
        "updated": 3,
        "held": {"duplicate_sku": 1},
        "missing": 0,
        "unchanged": 9,
        "price_mismatches": 0,
        "texts_overwritten": 0,
    }


def test_stock_agrees_at_every_moment_and_nothing_is_oversold(story: Ran) -> None:
    stock = story.pair["stock"]
    assert list(stock["agreeing"]) == [
        "first_run",
        "unpaid_order",
        "import",
        "till_sale",
        "cancelled_order",
        "comparison",
    ]
    assert all(right == compared >= 10 for right, compared in stock["agreeing"].values())
    assert (stock["oversold"], stock["doubled"]) == (0, 0)


def test_runs_that_find_nothing_to_do_write_nothing(story: Ran) -> None:
    assert story.pair["runs"] == {"done": 11}
    assert story.pair["idle_runs"]["writes"] == 0
    looks, logins = 2, 2  # containers of two functions may start meanwhile, and log in
    assert story.pair["idle_runs"]["calls"]["shop"] <= looks + logins
    assert 0 < story.pair["idle_runs"]["calls"]["office"] < 10


def test_wrong_credentials_are_refused_with_sentences(story: Ran) -> None:
    assert "Shopware does not accept the access key" in story.screen
    assert "SalesPOS refuses our key" in story.screen


def test_a_person_sees_phases_and_the_verdict(story: Ran) -> None:
    assert "✓ webhooks that come twice and in the wrong order" in story.screen
    assert "✓ Every order is in the back office once, to the cent" in story.screen
    assert "\x1b" not in story.screen


def test_the_command_line_reads_the_same_bridge(story: Ran) -> None:
    assert "The demo's connection" in story.said["list"]
    assert "imported" in story.said["show"]
    assert "NEW-99" in story.said["held"]
    assert "payment_demo_ideal" in story.said["words"]
    assert story.said["order 99"].startswith("No order '99' has come in")
    assert "by demo" in story.said["runs show"]
    assert "BAG-4" in story.said["runs show"]


def test_the_connection_file_for_trying_out_works_as_it_is(story: Ran) -> None:
    assert story.said["create"].startswith("Connection second is active.")


def test_what_the_demo_carries_itself_is_at_rest_in_that_file_with_a_word_how_to_wake_it(story: Ran) -> None:
    assert story.said["second"].count("active: false") == 2
    assert "two connections would undo each other's figures" in story.said["second"]
    assert "shopbridge pause -c demo" in story.said["second"]


STOPS = "a platform refuses us for good, so the connection is stopped"
WAITS = "work that cannot be done now comes back after a while"
SLOT = "its slot of the schedule need not come while the story is played"
TURN = "a platform's limit is used up, so an order is sent anew for when its turn comes"
GOES_ON = "a long run goes on in a follow-up message"
FOLLOWED = "a back office is followed for the first time, and orders of before are named as it calls them"
TABLES = ("ConnectionsTable", "StateTable")
EXAMINED = "an operator asks whether the stack stands as it was made (tests/sandbox/aws/test_doctor.py)"
QUEUES = ("Order", "Poll", "Backfill", "Stock", "Product")
EXAMINES = {
    *((f"dynamodb:{call}", table) for call in ("DescribeTable", "DescribeContinuousBackups") for table in TABLES),
    *(("sqs:GetQueueAttributes", f"{queue}{end}") for queue in QUEUES for end in ("Queue", "DeadLetters")),
    ("sns:ListSubscriptionsByTopic", "AlarmTopic"),
    *((action, "*") for action in ("scheduler:ListSchedules", "cloudwatch:GetMetricData", "logs:DescribeLogGroups")),
}
RARE: dict[Right, str] = {
    **{("Operations", action, on): EXAMINED for action, on in EXAMINES},
    ("Operations", "logs:FilterLogEvents", "ActivityLog"): "an operator reads the log (tests/sandbox/aws/test_log.py)",
    **{(function, "dynamodb:UpdateItem", "ConnectionsTable"): STOPS for function in WORKERS},
    **{(function, "sqs:ChangeMessageVisibility", queue): WAITS for queue, function in READERS.items()},
    ("OrderPoll", "dynamodb:BatchGetItem", "StateTable"): STOPS,
    ("OrderPoll", "sqs:SendMessage", "PollQueue"): GOES_ON,
    ("StockPush", "sqs:SendMessage", "StockQueue"): GOES_ON,
    ("ProductSync", "sqs:SendMessage", "ProductQueue"): GOES_ON,
    ("ProductSync", "sqs:SendMessage", "PollQueue"): "a run of orders that waited for products begins",
    ("OrderPoll", "sqs:SendMessage", "BackfillQueue"): "a run of orders hands over old ones",
    **{("OrderPoll", f"dynamodb:{call}", "StateTable"): FOLLOWED for call in ("Query", "BatchWriteItem")},
    ("Operations", "dynamodb:Query", "StateTable/index/orders"): "orders are listed",
    ("OrderPoll", "ssm:GetParameters", "connections/*"): "the token that functions share has run out",
    ("OrderImport", "dynamodb:GetItem", "ConnectionsTable"): "a call of the shop names no order",
    ("OrderImport", "dynamodb:BatchWriteItem", "StateTable"): "the directory names what the back office has no more",
    **{("OrderImport", "sqs:SendMessage", queue): TURN for queue in ("OrderQueue", "BackfillQueue")},
    ("Watch", "dynamodb:BatchGetItem", "ConnectionsTable"): "connections that rest are looked at",
    ("WebhookIntake", "sqs:SendMessage", "PollQueue"): "a call with a token asks for a poll",
    **{("Dispatch", "sqs:SendMessage", queue): SLOT for queue in ("StockQueue", "ProductQueue")},
    ("Operations", "dynamodb:PutItem", "StateTable"): "an order is skipped or resent",
    ("Operations", "dynamodb:UpdateItem", "ConnectionsTable"): "what is kept of a connection is being forgotten",
    ("Operations", "dynamodb:BatchWriteItem", "StateTable"): "what is kept of a connection is forgotten",
    ("Operations", "dynamodb:DeleteItem", "StateTable"): "the lease of that is let go",
    ("Operations", "sns:Publish", "AlarmTopic"): "a run that lies idle is stopped",
    ("OrderPoll", "sqs:SendMessage", "ProductQueue"): "a new connection's first run of products begins by itself",
    ("AppRegistration", "sqs:SendMessage", "PollQueue"): "likewise, once the app is installed",
    ("OrderPoll", "sns:Publish", "AlarmTopic"): "a run of orders has ended",
}
"""Rights that are needed on days the demo does not play, each with the occasion."""
OF_DASHBOARDS = {"WatchWidgets", "DeskWidgets"}
"""Nobody looks at a dashboard in the demo."""
OF_LAMBDA = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What Lambda itself calls with a function's role, to feed it from a queue (Lambda developer guide, SQS)."""


def test_what_a_function_may_do_is_what_it_does(story: Ran) -> None:
    used_here = {right for right in story.unused - RARE.keys() if right[0] not in OF_DASHBOARDS}
    in_vain = {right for right in used_here if right[1] not in OF_LAMBDA}
    assert sorted(in_vain) == [], "take these rights away in template.yaml, or tell when they are needed"


def test_only_rights_that_are_granted_are_called_rare(story: Ran) -> None:
    assert sorted(RARE.keys() - story.granted) == []


def test_lambda_may_feed_a_function_from_its_own_queues_only(story: Ran) -> None:
    looked_at = {(action, queue) for action, queue in EXAMINES if action in OF_LAMBDA}
    others = story.granted - {("Operations", action, queue) for action, queue in looked_at}
    fed = {(function, queue) for function, action, queue in others if action in OF_LAMBDA}
    assert fed == {(function, queue) for queue, function in READERS.items()}


def test_stories_tell_what_happened(story: Ran) -> None:
    assert "Found in the back office after an interrupted try." in story.said["order 10002"]
    assert "has no entry in the map" in story.said["order 10017"]
    assert "Created in the back office as" in story.said["order 10017"]


def test_a_file_of_invoices_is_imported_skipped_or_held(retail: Ran) -> None:
    assert retail.good, retail.screen
    assert retail.pair["placed"] == 8
    assert retail.pair["imported"] == 5
    assert retail.pair["skipped"] == {"cancelled": 1}
    assert retail.pair["held"] == {"missing_product": 1, "odd_quantity": 1}
    assert "stock" not in retail.pair
