"""The wizard at a terminal of 80 columns, against the embedded AWS and emulated platforms."""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from sandbox.aws.environment import endpoints
from sandbox.aws.moto import MotoProcess
from sandbox.demo.screen import Screen
from sandbox.demo.story.scripted import POLLED, Story
from sandbox.demo.world import World
from sandbox.pairs.all_pairs import PAIRS
from sandbox.platforms.roapp.furnish import CANCELLED, EXTERNAL_ID, MAIN, TRACKING, WEB_ORDER
from shopbridge_cli.app import app
from tests.terminal import COLUMNS, Terminal
from tests.wizard_answers import FLOWS_OF_SHOPWARE, MAPS_OF_SHOPWARE, ORDERS, Script, sides_of_shopware, which

SPEED = 20
WRONG = "wrong-secret-once"


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoProcess]:
    with MotoProcess(SPEED) as running:
        yield running


@contextmanager
def world_of(pair: str, moto: MotoProcess) -> Iterator[World]:
    """Both platforms with goods, and three orders in the shop; no connection."""
    with World(PAIRS[pair], SPEED, PAIRS[pair].market.currency, moto=moto, stack=f"wizard-{pair}") as world:
        Story(world, Screen(Console(file=io.StringIO()))).prepare()
        world.place(POLLED, announced=False)
        yield world


@pytest.fixture(scope="module")
def shopware(moto: MotoProcess) -> Iterator[World]:
    with world_of("shopware-salespos", moto) as world:
        yield world


@pytest.fixture(scope="module")
def cartum(moto: MotoProcess) -> Iterator[World]:
    with world_of("cartum-roapp", moto) as world:
        yield world


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the command line keeps what it keeps."""
    return tmp_path / "config"


def environment_of(world: World, home: Path, terminal: str = "xterm") -> dict[str, str]:
    bridge = {**endpoints(world.aws.moto_url, world.aws.lambda_url), "SHOPBRIDGE_OPERATIONS_FUNCTION": world.function}
    mine = {"XDG_CONFIG_HOME": str(home), "TERM": terminal, "PYTHONPATH": "cli", "PATH": os.environ["PATH"]}
    return {**bridge, **mine, "LANG": "C.UTF-8", "USER": "anna"}


def at_terminal(world: World, home: Path, *words: str, terminal: str = "xterm") -> Terminal:
    command = [sys.executable, "-m", "shopbridge_cli", *words]
    return Terminal(command, environment_of(world, home, terminal))


def play(terminal: Terminal, script: Script) -> None:
    for question, typed in script:
        terminal.answer(question, typed)


def no_secret_in(world: World, terminal: Terminal, home: Path, *more: str, files: Iterable[Path] = ()) -> None:
    """Neither on the screen, nor in a file, nor in the log, nor in what a process list shows."""
    told = [terminal.seen, terminal.command_line, *(line.text for line in world.aws.activity.lines)]
    told += [path.read_text() for path in (*home.rglob("*"), *files) if path.is_file()]
    hidden = [value for name, value in world.office.secrets().items() if name in ("secret_key", "api_key")]
    for secret in (*hidden, *more):
        assert all(secret not in text for text in told), secret


def fits(terminal: Terminal) -> None:
    """No line is broken by the terminal itself, but for an address or an id that somebody typed."""
    assert [line for line in terminal.seen.split("\n") if len(line) > COLUMNS and " " in line[:COLUMNS].strip()] == []


def sides_of(world: World, key: Mapping[str, str], mistyped: str = "") -> Script:
    """Both sides of Shopware and SalesPOS."""
    return sides_of_shopware(world.shop_url, key, world.office_url, world.office.secrets(), mistyped)


def test_shopware_to_salespos_from_nothing_to_the_first_order(shopware: World, home: Path, tmp_path: Path) -> None:
    key, file = dict(shopware.shop.another_key()), tmp_path / "mine.yaml"
    with at_terminal(shopware, home, "connect", "--save", str(file), terminal="dumb") as terminal:
        play(terminal, which("1", "1", "first-shop"))
        play(terminal, sides_of(shopware, key, WRONG))
        play(terminal, (*ORDERS, *MAPS_OF_SHOPWARE, *FLOWS_OF_SHOPWARE))
        told = terminal.answer("as it would be sent?", "y")
        assert "Of all 3 orders: 3 would be imported. Nothing was written." in told
        assert shopware.office.booked() == []
        shown = terminal.answer("What now", "1")
        assert ": would be sent" in shown
        assert terminal.end() == 0
    assert "Connection first-shop is active." in terminal.seen
    assert shopware.settled(60)
    assert len(shopware.office.booked()) == 3
    assert not (home / "shopbridge" / "connect.json").exists()
    no_secret_in(shopware, terminal, home, key["client_secret"], WRONG, files=[file])
    fits(terminal)
    assert terminal.seen.count("Shopware does not accept the access key") == 1
    assert terminal.seen.count("Shop URL") == 1, "only what was wrong is asked again"
    _a_saved_file_connects_without_questions(shopware, home, file, key)


def _a_saved_file_connects_without_questions(world: World, home: Path, file: Path, key: dict[str, str]) -> None:
    content = yaml.safe_load(file.read_text())
    asked = {"shop": ("client_id", "client_secret"), "office": ("public_key", "secret_key")}
    assert content["secrets"] == {side: dict.fromkeys(names) for side, names in asked.items()}
    content["settings"] |= {"id": "by-file", "name": "By file"}
    text = yaml.safe_dump(content)
    file.write_text(text)
    environment, words = environment_of(world, home), ("connect", "--file", str(file), "--beside", "first-shop")
    missing = CliRunner().invoke(app, words, env=environment)
    assert (missing.exit_code, "Set SHOPBRIDGE_SECRET_" in missing.stderr) == (2, True)
    given = {"shop": key, "office": world.office.secrets()}
    for side, names in asked.items():
        environment |= {f"SHOPBRIDGE_SECRET_{side}_{name}".upper(): given[side][name] for name in names}
    file.write_text(text.replace("payment_demo_paypal: Ideal", "payment_demo_paypal: Idael"))
    refused = CliRunner().invoke(app, words, env=environment)
    line = text.splitlines().index("      payment:") + 1
    assert refused.exit_code == 1
    assert f"line {line}: orders.maps.payment: The back office does not know 'Idael'" in refused.stderr
    file.write_text(text)
    made = CliRunner().invoke(app, words, env=environment)
    assert (made.exit_code, "Connection by-file is paused." in made.stdout) == (0, True), made.output
    assert made.stdout.count(": would be sent") == 3, "as `connect` shows them"


def test_ctrl_c_keeps_the_answers_but_no_secret_and_they_are_taken_up_again(shopware: World, home: Path) -> None:
    key = dict(shopware.shop.another_key())
    sides = list(sides_of(shopware, key))
    with at_terminal(shopware, home, "connect") as terminal:
        play(terminal, which("shopware", "salespos", "taken-up"))
        play(terminal, sides)
        play(terminal, ORDERS[:3])
        terminal.until("Orders placed since")
        terminal.until(": ")
        terminal.interrupt()
        assert terminal.end() == 130
    assert "What you answered is kept in" in terminal.seen
    kept = home / "shopbridge" / "connect.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    no_secret_in(shopware, terminal, home, key["client_secret"])
    with at_terminal(shopware, home, "connect") as again:
        again.answer("Take up again taken-up?", "")
        play(again, [each for each in sides if each[0] in CREDENTIALS])
        play(again, (*ORDERS, *MAPS_OF_SHOPWARE, *FLOWS_OF_SHOPWARE))
        again.until("What would be imported")
        again.interrupt()
        assert again.end() == 130
    assert "Shop URL" not in again.seen
    no_secret_in(shopware, again, home, key["client_secret"])


CREDENTIALS = ("Log in by", "Access key id", "Secret access key", "Public key", "Secret key")
CARTUM = (("Shop name", "My shop"), ("Language of names", ""), ("VAT of the goods", "21"), ("of deliveries", "RO"))
ROAPP = (
    *(("Location [", ""), ("Order type: ", "1"), ("Managers (", ""), ("the order number: ", "1")),
    *(("the tracking code: ", "Tracking"), ("Currency [", ""), ("for delivery: ", "1"), ("for fees: ", "Fees")),
    ("mean cancelled (", "6"),
)
MAPS_OF_CARTUM = (
    *(("Nou: ", "New"), ("Procesare: ", "2"), ("Livrat: ", "5"), ("Anulat [", ""), ("livrare: ", "4")),
    *(("Keep the shop's names?", ""), ("Keep the shop's names?", ""), ("shop sells at", "21, 19, 11, 9, 0")),
)
FLOWS_OF_CARTUM = (
    *(("Which: ", "2"), ("follow the statuses", "y")),
    *(("Stage 1) [", "-"), ("Stage 2) [", ""), ("Stage 4): ", "-"), ("Stage 5) [", ""), ("Stage 6) [", "")),
    *(("Which [", ""), ("tracking codes", "y"), ("Carry stock?", "n"), ("Carry products", "n")),
)


def test_a_connection_is_edited_by_the_same_questions_and_tried_before_it_is_saved(shopware: World, home: Path) -> None:
    others = [each["id"] for each in shopware.operations.ask("list")]
    maps = {name: {"entries": dict(entries)} for name, entries in shopware.pair.maps.items()}
    settings = {**shopware.settings(orders={"maps": maps}), "id": "edited", "name": "Edited"}
    secrets = {"shop": dict(shopware.shop.another_key()), "office": dict(shopware.office.secrets())}
    shopware.operations.ask("create", settings=settings, secrets=secrets, beside=others)
    with at_terminal(shopware, home, "edit", "edited") as terminal:
        terminal.answer("Edit: ", "what else")
        play(terminal, (("New credentials?", ""), ("New credentials?", "")))
        play(terminal, (("Which", "2"), ("Field for the document", ""), ("follow the statuses", "n")))
        play(terminal, (("tracking codes", "n"), ("Carry stock?", "n"), ("Carry products", "n")))
        terminal.answer("Edit: ", "shipping")
        play(terminal, (("Pickup", ""), ("Express", "1"), ("Standard", "1")))
        terminal.answer("Edit: ", "save")
        told = terminal.until("Connection edited is paused.")
        assert "of the last" in told.casefold()
        assert terminal.end() == 0
    assert 'orders.write_back.status: none → "completed"' in terminal.seen
    saved = shopware.operations.ask("show", connection="edited")
    assert saved["settings"]["orders"]["write_back"]["status"] == "completed"
    no_secret_in(shopware, terminal, home, secrets["shop"]["client_secret"])
    fits(terminal)


def test_cartum_to_ro_app_with_the_merchant_s_settings(cartum: World, home: Path) -> None:
    shop, office = cartum.shop.another_key(), cartum.office.secrets()
    with at_terminal(cartum, home, "connect") as terminal:
        play(terminal, which("Cartum", "RO App", "cartum-shop"))
        play(terminal, (("Shop URL", cartum.shop_url), *CARTUM))
        play(terminal, (("Login (user name)", "me@posta.example"), ("Password", shop["password"])))
        terminal.until("enter the user name that the shop's")
        play(terminal, (("Login (user name) [me", shop["login"]), ("mean cancelled", ""), ("of products", "")))
        play(terminal, (("Address [", cartum.office_url), ("Name of the account", "acme"), ("Shop name", "My shop")))
        play(terminal, (("Language [", "ro"), ("API key", WRONG), ("Webhook secret", "")))
        play(terminal, (("API key", office["api_key"]), *ROAPP))
        play(terminal, (("Which (", ""), ("Which (", "-"), ("Which (", "3"), *ORDERS[3:], *MAPS_OF_CARTUM))
        play(terminal, FLOWS_OF_CARTUM)
        terminal.answer("as it would be sent?", "n")
        terminal.answer("What now", "1")
        assert terminal.end() == 0
    shown = cartum.operations.ask("show", connection="cartum-shop")["settings"]
    assert shown["shop"]["settings"]["shop_name"] == "My shop"
    assert shown["office"]["settings"] == {
        "url": cartum.office_url,
        "account": "acme",
        "shop_name": "My shop",
        "language": "ro",
        "location": MAIN,
        "order_type": WEB_ORDER,
        "reference_field": EXTERNAL_ID,
        "tracking_field": TRACKING,
        "currency": "RON",
        "delivery_entry": 2001,
        "fee_entry": 2002,
        "cancelled_statuses": [str(CANCELLED)],
    }
    assert shown["orders"]["first_import_without"] == ["3"]
    assert shown["orders"]["maps"]["status"]["entries"] == {"1": "51", "2": "52", "3": "55", "4": "56", "6": "54"}
    assert shown["orders"]["changes"]["statuses"] == {"52": "2", "54": "6", "55": "3"}
    assert shown["orders"]["changes"]["cancelled"] == "4"
    assert cartum.settled(60)
    assert len(cartum.office.booked()) == len(cartum.shop.placed())
    no_secret_in(cartum, terminal, home, shop["password"], WRONG)
    fits(terminal)
