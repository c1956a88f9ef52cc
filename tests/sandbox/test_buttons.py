"""The buttons on the pages of all emulated platforms: each does what it says, and the API stays what it was."""

import re
from dataclasses import dataclass, field
from html import unescape

import httpx
import pytest
from werkzeug.test import Client, TestResponse

from sandbox.demo.buttons import KINDS, office_page, shop_page
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.pair import Pair
from sandbox.pairs.sides.protocols import OfficeSide, ShopSide, Side
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.buttons import BELOW, MINUTE, Absence, Button, Buttons
from sandbox.platforms.kit.guard import Guard
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.spec import World
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.http.client import Wiring
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of

HERE = "http://127.0.0.1:5000"
SHOPS = {name.split("-")[0]: name for name in reversed(list(PAIRS))}
OFFICES = {name.split("-")[1]: name for name in reversed(list(PAIRS))}
TILLS = sorted(OFFICES.keys() - {"salesautopilot"})


@dataclass
class Unhurried(Limiter):
    """Lets a second pass before each call."""

    clock: ManualClock = field(default_factory=ManualClock)

    def take(self, bucket: str, calls: int, seconds: int = 60) -> None:
        self.clock.advance(seconds=1)
        super().take(bucket, calls, seconds)


@dataclass
class Stage:
    """A pair without its AWS."""

    name: str
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.pair: Pair = PAIRS[self.name]
        self.shop: ShopSide = self.pair.shop(self.clock, self.pair.market.currency)
        self.office: OfficeSide = self.pair.office(self.clock, self.pair.market.currency)
        self.shop.open_at(HERE)
        goods = [self.pair.market.product(each) for each in catalogue.PRODUCTS]
        self.shop.add_products([*goods, self.pair.market.product(catalogue.UNKNOWN)])
        self.office.add_products(goods)

    def shop_person(self) -> "Person":
        return Person(shop_page(self))

    def office_person(self) -> "Person":
        return Person(office_page(self))

    def ping(self, side: Side, app: Buttons) -> None:
        """A new container's first call through the page's address, with the connector of the platform."""
        spec, secrets = connector_spec(side.platform), dict(side.secrets())
        if "app_secret" in secrets:
            secrets = dict(self.shop.another_key())
        http, limiter = httpx.Client(transport=in_process(app)), Unhurried(clock=self.clock)
        wiring = Wiring(http, limiter, Deadline(), sleep=lambda _: None)
        settings = {"url": HERE, **side.settings()}
        parts_of(spec, settings, World(wiring, Tokens(self.clock), Secrets(secrets), self.clock)).account.ping()


class Person:
    """Somebody at the page."""

    def __init__(self, page: Buttons) -> None:
        self.page = page
        self.client = Client(page)

    def look(self) -> str:
        return self.client.get("/", base_url=HERE).get_data(as_text=True)

    def table(self) -> str:
        return self.look().partition("<table>")[2]

    def choices(self, button: str) -> list[str]:
        (form,) = re.findall(rf"<form [^>]*{BELOW}{button}'>.*?</form>", self.look())
        return [unescape(each) for each in re.findall(r"<option>([^<]*)", form)]

    def press(self, button: str, choice: str = "") -> str:
        answer = self.send(button, choice)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        found = re.search(r"<p role=status>([^<]*)", self.look())
        assert found
        return unescape(found[1])

    def send(self, button: str, choice: str = "", **headers: str) -> TestResponse:
        form = {"token": headers.pop("token", self.page.guard.token), "choice": choice}
        return self.client.post(BELOW + button, data=form, base_url=HERE, headers={"Origin": HERE, **headers})


@pytest.mark.parametrize("platform", SHOPS)
def test_orders_of_every_kind_are_placed_and_seen(platform: str) -> None:
    stage = Stage(SHOPS[platform])
    person = stage.shop_person()
    assert set(person.choices("order")) == set(KINDS)
    for placed, kind in enumerate(person.choices("order"), 1):
        said = person.press("order", kind)
        assert re.match(r"Order 2000\d is placed: .*by the next poll", said), said
        assert len(stage.shop.placed()) == placed
        assert stage.shop.placed()[-1].number in said
        assert said.split()[1] in person.table()


@pytest.mark.parametrize("platform", SHOPS)
def test_an_order_is_paid_and_cancelled(platform: str) -> None:
    stage = Stage(SHOPS[platform])
    person = stage.shop_person()
    assert "Pay order" not in person.look()
    person.press("order", "not paid yet")
    (number,) = person.choices("pay")
    placed = person.table()
    assert person.press("pay", number) == f"Order {number} is paid."
    assert person.table() != placed or platform == "unas"
    assert person.press("cancel", number) == f"Order {number} is cancelled."
    assert [order.cancelled for order in stage.shop.ordered()] == [True]


@pytest.mark.parametrize("platform", TILLS)
def test_a_sale_over_the_counter_changes_the_stock(platform: str) -> None:
    stage = Stage(OFFICES[platform])
    person = stage.office_person()
    assert catalogue.MUG.sku in person.choices("sell")
    before = {each.sku: each.stock for each in stage.office.shelf()}
    assert person.press("sell", catalogue.MUG.sku) == f"One {catalogue.MUG.sku} is sold over the counter."
    after = {each.sku: each.stock for each in stage.office.shelf()}
    assert before[catalogue.MUG.sku] - after[catalogue.MUG.sku] == 1


@pytest.mark.parametrize("platform", OFFICES)
def test_the_product_that_nobody_made_can_be_made(platform: str) -> None:
    stage = Stage(OFFICES[platform])
    person = stage.office_person()
    assert person.choices("make") == [catalogue.UNKNOWN.sku]
    assert person.press("make", catalogue.UNKNOWN.sku).startswith("NEW-99 is made")
    assert catalogue.UNKNOWN.sku in {each.sku for each in stage.office.shelf()}
    assert "Make the product" not in person.look()


@pytest.mark.parametrize("platform", [*SHOPS, *OFFICES])
def test_a_key_is_refused_in_the_platforms_own_way_and_accepted_again(platform: str) -> None:
    stage = Stage({**SHOPS, **OFFICES}[platform])
    at_shop = platform in SHOPS
    side: Side = stage.shop if at_shop else stage.office
    person = stage.shop_person() if at_shop else stage.office_person()
    stage.ping(side, person.page)
    person.press("refuse")
    with pytest.raises(NeedsAttention):
        stage.ping(side, person.page)
    person.press("accept")
    stage.clock.advance(hours=1)
    stage.ping(side, person.page)


@pytest.mark.parametrize("platform", [*SHOPS, *OFFICES])
def test_a_platform_goes_away_and_comes_back(platform: str) -> None:
    stage = Stage({**SHOPS, **OFFICES}[platform])
    at_shop = platform in SHOPS
    side: Side = stage.shop if at_shop else stage.office
    person = stage.shop_person() if at_shop else stage.office_person()
    assert person.press("away").startswith("Away for 60 seconds more.")
    with pytest.raises(RetryLater):
        stage.ping(side, person.page)
    assert person.press("back") == "There again."
    stage.ping(side, person.page)


def test_many_products_come_to_the_side_that_products_come_from() -> None:
    from_office, from_shop = Stage("shopware-salespos"), Stage("shopware-salesautopilot")
    assert "products into the catalogue" not in from_office.shop_person().look()
    before = len(from_office.office.shelf())
    assert "BULK-1-0001" in from_office.office_person().press("many")
    assert len(from_office.office.shelf()) == before + 2000
    assert "products into the catalogue" not in from_shop.office_person().look()
    assert "BULK-1-0001" in from_shop.shop_person().press("many")


# --- the kit --------------------------------------------------------------------------------------------------------


def refusing(_: str) -> str:
    raise LookupError("nobody is called <b>so</b>")


def page_of(*buttons: Button) -> Person:
    made = Stage("gomag-salespos").shop_person().page
    return Person(Buttons(made.app, buttons, Absence(lambda: 0.0), Guard("of-this-run")))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"token": "of-an-earlier-run"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Host": "evil.example"}, 403),
    ],
)
def test_only_the_page_itself_presses(headers: dict[str, str], status: int) -> None:
    pressed: list[str] = []

    def note(choice: str) -> str:
        pressed.append(choice)
        return "noted"

    assert page_of(Button("note", "Note", note)).send("note", **headers).status_code == status
    assert len(pressed) == (status == 303)


def test_a_page_of_elsewhere_cannot_read_the_token_by_a_name_that_leads_here() -> None:
    answer = Client(page_of().page).get("/", base_url="http://evil.example:5000")
    assert (answer.status_code, "of-this-run" in answer.get_data(as_text=True)) == (403, False)


def test_what_does_not_work_is_told_and_escaped() -> None:
    person = page_of(Button("odd", "Odd <b>", refusing))
    assert person.press("odd") == "That does not work: nobody is called <b>so</b>."
    assert "<b>" not in person.look().partition("<table>")[0]


def test_what_is_not_offered_is_not_done() -> None:
    person = page_of(Button("choose", "Choose", str, lambda: ["a", "b"]))
    assert person.press("choose", "c") == "There is no 'c' to choose any more."
    assert person.press("choose", "b") == "b"
    assert person.send("absent").status_code == 404


def test_nothing_on_the_page_runs() -> None:
    answer = Client(page_of().page).get("/", base_url=HERE)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.get_data(as_text=True)


def test_an_absence_ends_by_itself() -> None:
    now = 100.0
    absence = Absence(lambda: now)
    absence.leave()
    assert absence.left == MINUTE
    now += MINUTE
    assert absence.left == 0


def test_the_api_gets_calls_as_they_came() -> None:
    stage = Stage("gomag-salespos")
    bare = httpx.Client(transport=in_process(stage.shop.app))
    buttoned = httpx.Client(transport=in_process(stage.shop_person().page))
    for method, path in (("GET", "/api/v1/order/read/json?x=%20"), ("POST", "/nowhere"), ("DELETE", "/")):
        plain, through = (client.request(method, HERE + path) for client in (bare, buttoned))
        assert (plain.status_code, plain.content) == (through.status_code, through.content)


def test_every_platform_is_here() -> None:
    assert {*SHOPS, *OFFICES} == set(KEYS)
