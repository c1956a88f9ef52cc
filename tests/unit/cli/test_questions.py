"""Questions, and what is made of their answers."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
import typer

from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge_cli.wizard import questions
from shopbridge_cli.wizard.connect_answers import Answers
from shopbridge_cli.wizard.connect_fields import answer, ask_secrets, ask_settings, ask_way
from shopbridge_cli.wizard.connect_flows import ask_flows
from shopbridge_cli.wizard.connect_orders import matched

METHODS = {"1": "Cash", "2": "Pin", "ideal": "iDEAL"}
FIELD: dict[str, Any] = {
    "key": "vat",
    "title": "VAT",
    "help": "",
    "kind": "text",
    "default": "",
    "required": False,
    "words": "",
    "choices": [],
    "way": "",
    "shown": True,
}


class Typed:
    """Answers prompts one after the other, and keeps what was asked; an empty one takes the default."""

    def __init__(self) -> None:
        self.lines: Iterator[str] = iter(())
        self.asked: list[str] = []
        self.insists = False

    def prompt(self, label: str, *, default: str = "", hide_input: bool = False, **_: Any) -> str:
        self.insists = self.asked[-1:] == [f"{label}{' (hidden)' if hide_input else ''}"]
        self.asked.append(f"{label}{' (hidden)' if hide_input else ''}")
        return next(self.lines) or default


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    made = Typed()
    monkeypatch.setattr(typer, "prompt", made.prompt)
    monkeypatch.setattr(typer, "confirm", lambda label, **_: made.prompt(label, default="n") == "y")
    return made


@pytest.mark.parametrize(("lacking", "asked"), [("", True), ("shop", False), ("office", False)])
def test_a_field_for_the_document_is_asked_for_where_both_sides_have_a_number_for_it(
    typed: Typed, lacking: str, asked: bool
) -> None:
    write_back = {"key": "write_back", "direction": "", "shop": ["order_status"], "office": []}
    can = {side: ["order_status", *([] if side == lacking else ["document_number"])] for side in ("shop", "office")}
    answers = Answers(cast("Any", None), {"flows": [write_back]}, can=can)
    typed.lines = iter([""])
    ask_flows(answers)
    assert [label.startswith("Field for the document") for label in typed.asked] == [True] * asked


@pytest.mark.parametrize(
    ("lines", "key"), [(["2"], "2"), (["ideal"], "ideal"), (["cash"], "1"), (["pi"], "2"), (["9", "i", "3"], "ideal")]
)
def test_one_is_chosen_by_number_key_or_name(typed: Typed, lines: Sequence[str], key: str) -> None:
    typed.lines = iter(lines)
    assert questions.one("Which", METHODS) == key


def test_a_number_is_the_one_of_the_list_even_where_keys_are_numbers(typed: Typed) -> None:
    typed.lines = iter(["1"])
    assert questions.one("Which", {"51": "New", "1": "Old"}) == "51"


def test_a_default_is_taken_by_an_empty_line_and_refused_by_a_hyphen(typed: Typed) -> None:
    typed.lines = iter(["", "-", "", "2"])
    assert questions.one("Which", METHODS, default="2") == "2"
    assert questions.one("Which", METHODS, default="2", optional=True) == ""
    assert questions.one("Which", METHODS) == "2", "an empty line without a default is no answer"


@pytest.mark.parametrize(
    ("lines", "keys"), [(["1, 3"], ["1", "ideal"]), (["-"], []), ([""], ["2"]), (["1;2", "pin"], ["2"])]
)
def test_several_are_chosen_by_numbers(typed: Typed, lines: Sequence[str], keys: list[str]) -> None:
    typed.lines = iter(lines)
    assert questions.many("Which", METHODS, default=["2"]) == keys


@pytest.mark.parametrize(
    ("name", "key"), [("Ideal", "ideal"), ("Cash on delivery", "1"), ("PayPal", ""), ("Pick-up", ""), ("pin", "2")]
)
def test_what_is_alike_is_suggested_and_nothing_else(name: str, key: str) -> None:
    assert questions.alike(name, METHODS) == key


def test_suggestions_are_taken_by_the_person_alone(typed: Typed) -> None:
    typed.lines = iter(["", "-", ""])
    shop = {"cod": "Cash on delivery", "i": "iDEAL", "paypal": "PayPal"}
    assert matched(shop, METHODS, {"former": "Pin"}) == {"former": "Pin", "cod": "1"}
    assert typed.asked == ["Cash on delivery", "iDEAL", "PayPal"]


@pytest.mark.parametrize(
    ("changes", "lines", "value"),
    [
        ({"kind": "number"}, ["x", "21"], "21"),
        ({"kind": "whole_number", "default": None}, ["1.5", "12"], 12),
        ({"kind": "whole_number", "default": None}, [""], None),
        ({"kind": "list", "default": []}, ["a, b,"], ["a", "b"]),
        ({"kind": "map", "default": {}}, ["a", "a=1, b = 2"], {"a": "1", "b": "2"}),
        ({"kind": "bool", "default": False}, ["y"], True),
        ({"kind": "choice", "default": "en", "choices": ["en", "ro"]}, ["ro"], "ro"),
        ({"required": True, "default": None}, ["", "here"], "here"),
        ({"words": "place", "kind": "whole_number", "default": None}, ["1"], 11),
    ],
)
def test_a_field_is_read_as_its_form_says(typed: Typed, changes: Any, lines: Sequence[str], value: object) -> None:
    typed.lines = iter(lines)
    field = {**FIELD, **changes}
    assert answer(field, field["default"], {"place": {"11": "Main"}}) == value


def test_what_is_as_by_default_is_not_written_down(typed: Typed) -> None:
    settings = {"vat": "21"}
    typed.lines = iter(["-", "9"])
    ask_settings([FIELD], settings, {})
    assert settings == {}
    ask_settings([FIELD], settings, {})
    assert settings == {"vat": "9"}


def test_a_secret_is_hidden_and_a_name_is_taken_again(typed: Typed) -> None:
    fields = [
        {**FIELD, "key": "login", "title": "Login", "kind": "secret", "required": True},
        {**FIELD, "key": "password", "title": "Password", "kind": "secret", "required": True, "shown": False},
    ]
    given: dict[str, str] = {}
    typed.lines = iter(["anna", "wrong", "", "", "right"])
    ask_secrets(fields, given)
    ask_secrets(fields, given)
    assert given == {"login": "anna", "password": "right"}
    assert typed.asked == ["Login", "Password (hidden)", "Login", "Password (hidden)", "Password (hidden)"]


@pytest.mark.parametrize("key", KEYS)
def test_every_platform_s_form_can_be_answered(typed: Typed, key: str) -> None:
    form = connector_spec(key).form().model_dump(mode="json")
    typed.lines = iter(lambda: "1" if typed.insists else "", None)
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    ask_settings(form["settings"], settings, {"status": {"1": "New"}})
    way = next((field["way"] for field in form["secrets"]), "")
    ask_secrets([field for field in form["secrets"] if field["way"] == way], secrets)
    assert {field["key"] for field in form["settings"] if field["required"]} <= {*settings}
    assert all(secrets.values())


def test_one_of_several_ways_in_is_asked_for(typed: Typed) -> None:
    typed.lines = iter(["2"])
    assert ask_way([{**FIELD, "way": "key"}, {**FIELD, "way": "app"}]) == "app"
    assert ask_way([FIELD]) == ""
