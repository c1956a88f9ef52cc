"""An operator's first hour in a browser: from an empty stack to the first order, a held one repaired, a run stopped."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select
from typer.testing import CliRunner

from sandbox.demo.buttons import MANY
from sandbox.demo.keep import staying
from sandbox.demo.run import Choice
from sandbox.demo.screen import Screen
from sandbox.demo.trial import trial
from sandbox.demo.world import World
from shopbridge_cli.app import app
from tests.browser import Person, chromium, needs_browser

pytestmark = needs_browser

SPEED = 20
PAIR = "shopware-salespos"
WATCH, DESK = f"{PAIR}-watch", f"{PAIR}-desk"
WELL, WORK, RUNS, SETUP = "Is all well?", "Work: what waits, and any order", "Runs", "Set-up"


@dataclass
class Hour:
    """A world that was empty when it began, and somebody with a browser and a terminal."""

    world: World
    person: Person
    console: str
    build: Path

    def typed(self, words: str, *more: str) -> str:
        """What the command line answers."""
        environment = {"SHOPBRIDGE_OPERATIONS_FUNCTION": self.world.function, "COLUMNS": "120"}
        answer = CliRunner().invoke(app, [*words.split(), *more], env=environment)
        assert answer.exit_code == 0, answer.output
        return answer.output

    def look(self, dashboard: str) -> None:
        """Open a dashboard."""
        self.person.open(self.console)
        self.person.choose("dashboard", dashboard)
        self.person.settled(WELL)

    def press(self, page: str, button: str, choice: str = "") -> str:
        """A button on the page of the shop or of the back office; what it says then."""
        self.person.open(page)
        form = self.person.element(f"form[action$='/{button}']")
        if choice:
            Select(form.find_element(By.TAG_NAME, "select")).select_by_visible_text(choice)
        form.find_element(By.TAG_NAME, "button").click()
        return self.person.until(lambda: self.person.element("[role='status']").text, f"what {button} did")

    def until(self, look: Callable[[], Any], what: str) -> Any:
        """What holds in the end, of the bridge and not of the page."""
        return self.person.until(lambda: look() or None, what)

    def do(self, widget: str, words: str) -> None:
        """Press something that asks first, and agree."""
        self.person.press(widget, words)
        self.person.answer("Yes")

    def find(self, number: str) -> None:
        """Look for an order."""
        self.person.fill(WORK, "find_text", number)
        self.person.press(WORK, "Find")
        self.person.sees(WORK, "in this time")

    def fill_new_entry(self, key: str, value: str) -> None:
        """The first empty row of a map."""
        self.person.sees(SETUP, "Try it on")
        keys = self.person.all(f"section[data-widget='{SETUP}'] input[name^='key_']")
        row = next(number for number, field in enumerate(keys) if not field.get_attribute("value"))
        self.person.fill(SETUP, f"key_{row}", key)
        self.person.fill(SETUP, f"value_{row}", value)

    def state(self, number: str) -> str:
        """What the ledger says of an order."""
        found = self.world.ledger().get(number)
        return found.state if found else ""

    def brought(self) -> int:
        """How many of the many products the shop has."""
        return sum(each.sku.startswith("BULK-") for each in self.world.shop.shelf())

    def more_than(self, so_far: int) -> bool:
        """Whether more of them are there by now: a busy machine takes its time for all."""
        return self.brought() > so_far

    def run(self, kind: str) -> WebElement | None:
        """The row of the newest run of a kind."""
        rows = self.person.settled(RUNS).find_elements(By.CSS_SELECTOR, "tbody tr")
        return next((row for row in rows if row.text.splitlines()[0] == kind), None)

    def until_run(self, kind: str, words: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        """The newest run of a kind shows it, refreshed as often as it takes."""

        def look() -> bool:
            row = self.run(kind)
            if row is not None and words in row.text:
                return True
            meanwhile()
            self.refresh(RUNS)
            return False

        self.until(look, f"the run of {kind} shows {words!r}")

    def percent(self, kind: str) -> int:
        """How far the newest run of a kind is, as its row shows; 0 while that is not known."""
        row = self.run(kind)
        shown = re.search(r"(\d+) %", row.text if row is not None else "")
        return int(shown[1]) if shown else 0

    def until_further(self, kind: str, than: int, meanwhile: Callable[[], None]) -> int:
        """How far it is, once that is further, refreshed as often as it takes."""

        def look() -> int:
            if (now := self.percent(kind)) > than:
                return now
            meanwhile()
            self.refresh(RUNS)
            return 0

        return int(self.until(look, f"the run of {kind} is further than {than} %"))

    def press_in_run(self, kind: str, words: str) -> None:
        """Something in the row of a run, agreed to."""

        def look() -> bool:
            row = self.run(kind)
            pressed = row.find_elements(By.CSS_SELECTOR, ".btn") if row is not None else []
            found = next((each for each in pressed if each.text == words), None)
            if found is not None:
                self.person.browser.execute_script("arguments[0].click()", found)
            return found is not None

        self.until(look, f"the run of {kind} has {words!r} to press")
        self.person.answer("Yes")

    def refresh(self, widget: str) -> None:
        """Draw a widget anew."""
        self.person.settled(widget).find_element(By.CSS_SELECTOR, "button[title='Refresh this widget']").click()

    def sees(self, widget: str, words: str) -> None:
        """A widget shows it, refreshed as often as it takes."""

        def look() -> bool:
            found = self.person.settled(widget)
            if words in found.text:
                return True
            self.refresh(widget)
            return False

        self.until(look, f"{widget} shows {words!r}")


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hour]:
    build = tmp_path_factory.mktemp("hour")
    with (
        trial(Choice((PAIR,), None, SPEED, build), Screen(), empty=True) as world,
        staying(world, build, connected=False) as console,
        chromium() as browser,
    ):
        yield Hour(world, Person(browser), console, build)


def test_from_an_empty_stack_to_the_first_order(hour: Hour) -> None:
    hour.look(DESK)
    assert "There is no connection yet." in hour.person.settled(WELL).text
    hour.typed("connect --file", str(hour.build / "connection.yaml"))
    hour.typed("resume demo")
    assert hour.press(hour.world.shop_url, "order", "two mugs").startswith("Order 20001 is placed")
    hour.person.picture("shop-with-buttons")
    hour.look(DESK)
    hour.do(RUNS, "Look for orders now")
    hour.person.sees(RUNS, "The shop is asked for orders now.")
    hour.until(lambda: hour.state("20001") == "DONE", "the first order is imported")
    hour.sees(WELL, "orders read")
    hour.person.picture("desk-first-order")
    hour.find("20001")
    hour.person.sees(WORK, "imported")
    hour.person.picture("desk-order-found", WORK)


def test_a_held_order_is_found_explained_and_repaired(hour: Hour) -> None:
    person = hour.person
    number = hour.press(hour.world.shop_url, "order", "paid by PayPal, which nobody mapped").split()[1]
    hour.look(DESK)
    hour.do(RUNS, "Look for orders now")
    hour.until(lambda: hour.state(number) == "HELD", "the order is held")
    hour.sees(WELL, "1 order waits for you.")
    hour.sees(WORK, "unmapped_payment")
    person.picture("desk-work", WORK)
    person.choose("theme", "dark")
    hour.sees(WORK, "unmapped_payment")
    person.picture("desk-work-dark", WORK)
    person.choose("theme", "light")
    hour.sees(WORK, "unmapped_payment")

    person.press(WORK, "1")
    person.press(WORK, number)
    person.sees(WORK, f"Order {number}")
    person.press(WORK, "Why is it there")
    person.sees(WORK, "payment_demo_paypal")
    person.picture("desk-why", WORK)

    person.press(SETUP, "Map: payment")
    hour.fill_new_entry("payment_demo_paypal", "Ideal")
    person.press(SETUP, "Try it on the last 5 orders")
    person.sees(SETUP, "1 of the last 2 orders would be otherwise. Nothing is saved yet.")
    person.picture("desk-map-tried", SETUP)
    hour.do(SETUP, "Save")
    person.sees(SETUP, "Saved:")

    hour.find(number)
    person.press(WORK, number)
    hour.do(WORK, "Send again")
    person.sees(WORK, "It is tried again.")
    hour.until(lambda: hour.state(number) == "DONE", "the order is imported")
    hour.find(number)
    person.sees(WORK, "imported")
    hour.sees(WORK, "Nothing waits for you.")
    assert person.complaints() == []


def test_an_order_is_set_aside_a_setting_brought_back_and_the_connection_paused(hour: Hour) -> None:
    person = hour.person
    number = hour.press(hour.world.shop_url, "order", "a product nobody made in the back office").split()[1]
    hour.look(DESK)
    hour.do(RUNS, "Look for orders now")
    hour.until(lambda: hour.state(number) == "HELD", "the order is held")
    hour.sees(WORK, "missing_product")
    person.press(WORK, "1")
    person.sees(WORK, "Or set all aside")
    person.fill(WORK, "remark", "booked by hand")
    hour.do(WORK, "Set 1 aside")
    hour.until(lambda: hour.state(number) == "SKIPPED", "the order is set aside")

    person.press(SETUP, "History")
    person.sees(SETUP, "Bring back")
    person.picture("desk-history", SETUP)
    person.press(SETUP, "What is otherwise now")
    person.sees(SETUP, "to what is stored")
    person.press(SETUP, "Settings")
    hour.do(SETUP, "Pause")
    hour.sees(SETUP, "is paused")
    hour.do(SETUP, "Resume")
    hour.sees(SETUP, "is active")
    assert person.complaints() == []


def test_a_run_of_two_thousand_products_shows_its_progress_is_stopped_and_goes_on(hour: Hour) -> None:
    person = hour.person
    assert "BULK-1-0001" in hour.press(hour.world.office_url, "many")
    person.picture("office-with-buttons")
    hour.look(DESK)
    hour.do(RUNS, "Start products")
    person.sees(RUNS, "Nothing is started yet. This is what it would do:")
    person.picture("desk-run-asked", RUNS)
    with at_a_time_of_ones_own(hour.world.shop) as take_some:
        hour.do(RUNS, "Agree, and start it")
        hour.until_run("products", "running")
        begun = hour.until_further("products", 0, take_some)
        further = hour.until_further("products", begun, take_some)
        assert 0 < begun < further < 100
        assert 0 < hour.brought() < MANY
        person.picture("desk-run-at-work", RUNS)
        hour.press_in_run("products", "Stop")
        person.sees(RUNS, "The run is asked to stop")
        hour.until_run("products", "stopped", take_some)
        person.picture("desk-run-stopped", RUNS)
        assert further <= hour.percent("products") < 100
        assert hour.brought() < MANY
    hour.press_in_run("products", "Go on")
    while (so_far := hour.brought()) < MANY:
        hour.until(partial(hour.more_than, so_far), f"more than {so_far} products are brought")
    hour.until_run("products", "done")
    hour.until_run("products", "100 %")
    person.picture("desk-run-done", RUNS)
    assert hour.brought() == MANY


@contextmanager
def at_a_time_of_ones_own(shop: Any) -> Iterator[Callable[[], None]]:
    """A shop that takes its time over what is written: what is yielded lets it finish one call more."""
    calls = Semaphore(0)
    shop._shop.faults.plan("meanwhile", "POST /api/_action/sync", times=MANY, detail=calls.acquire)
    try:
        yield calls.release
    finally:
        shop._shop.faults.forget()
        calls.release(MANY)
