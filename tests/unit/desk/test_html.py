"""The tags of the desk: nothing that is shown can become one, hide, or press something."""

import inspect
import json
import re
import sys
import unicodedata
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.style import STYLE

HOSTILE = '"><script>x</script><cwdb-action action="call">{}</cwdb-action>'
PRESSES = html.Presses("arn:aws:lambda:eu-central-1:1:function:customWidget-a-desk:live", "work")


class Actions(HTMLParser):
    """Reads a page as a browser does, and keeps what its actions hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "cwdb-action":
            self.attributes.append(dict(attrs))
            self._inside = True

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts.append(data)
            self._inside = False


# --- what hides ---------------------------------------------------------------------------------------------------


def test_every_character_that_is_not_seen_or_turns_others_around_is_an_escape() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert html.visible(chr(code)).startswith("\\u"), hex(code)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("pay \u202eEUR 1", "pay \\u202eEUR 1"),
        ("a\nb", "a\\u000ab"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\ud800", "\\ud800"),
        ("Ünïcode €", "Ünïcode €"),
        (None, "None"),
        ("x" * 601, "x" * 600 + "…"),
    ],
)
def test_a_value_is_shown_with_nothing_hidden_in_it(value: object, shown: str) -> None:
    assert html.visible(value) == shown


def test_what_is_shown_can_be_sent_whatever_it_held() -> None:
    assert html.page("\ud800").encode()


# --- markup -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        html.heading(HOSTILE),
        html.line(HOSTILE, HOSTILE),
        html.soft(HOSTILE),
        html.code(HOSTILE),
        html.note("bad", HOSTILE),
        html.badge("good", HOSTILE),
        html.listing([HOSTILE]),
        html.table(["A"], [[HOSTILE]]),
        html.link(HOSTILE, f"https://shop.example/{HOSTILE}"),
        html.field("a", "A", HOSTILE, HOSTILE),
        html.area("a", "A", HOSTILE),
        html.choice("a", "A", {HOSTILE: HOSTILE}, HOSTILE),
    ],
)
def test_markup_of_a_value_is_text(made: Markup) -> None:
    assert {"script", "cwdb-action"}.isdisjoint(Actions(made).tags)
    assert "<script" not in made


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://shop.example/admin#/order/1", "https://shop.example/admin#/order/1"),
        ("https://shop.example/a b\"'<>", "https://shop.example/a%20b%22'%3C%3E"),
        ("http://shop.example/", ""),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//shop.example/", ""),
        ("https://shop.example@evil.example/", ""),
        ("https:///x", ""),
        ("https://[", ""),
    ],
)
def test_only_an_address_of_a_kind_that_is_known_is_opened(url: str, opened: str) -> None:
    assert html.href(url) == opened


def test_an_address_that_is_not_opened_stays_text() -> None:
    assert html.link("there", "javascript:alert(1)") == "there"


def test_rows_for_which_there_is_no_room_are_counted() -> None:
    made = html.table(["A"], ([Markup("{}").format("x" * 50_000)] for _ in range(7)))
    assert made.count("<tr>") == 4
    assert "… and 4 more for which there is no room." in made


def test_a_page_that_is_too_large_says_so_instead() -> None:
    made = html.page(*(html.line("x" * 600) for _ in range(600)))
    assert "more than a widget can show" in made
    assert len(made.encode()) < html.MOST_BYTES


def test_every_rule_of_the_style_begins_with_a_class_of_ours() -> None:
    selectors = [each.strip() for each in re.findall(r"([^{}]+)\{", STYLE)]
    assert selectors
    assert [each for rule in selectors for each in rule.split(",") if not each.strip().startswith(".sb")] == []


def test_every_class_that_is_used_has_its_rule() -> None:
    used = {name for group in re.findall(r'class="([^"]+)"', inspect.getsource(html)) for name in group.split()}
    own = {name for name in used if name.startswith("sb") and "{" not in name}
    assert len(own) > 20
    assert [name for name in own if not re.search(rf"\.{name}\b(?!-)", STYLE)] == []


def test_a_box_is_ticked_or_not() -> None:
    assert " checked" in html.tick("a", "A", ticked=True)
    assert " checked" not in html.tick("a", "A")


def test_a_bar_stays_within_its_bed() -> None:
    assert 'aria-label="100 of 100"' in html.bar(250)
    assert 'aria-label="0 of 100"' in html.bar(-5)


# --- presses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [HOSTILE, "</cwdb-action>", "&lt;b&gt;", "\u202e\x00é", "'\\\"", "{}{0}"])
def test_what_is_pressed_comes_back_as_it_was_and_is_read_the_same_as_text_and_as_html(value: str) -> None:
    made = PRESSES.act("Do it", f"Really {value}?", order=value, count=3)
    read = Actions(made)
    assert read.tags == ["a", "cwdb-action"]
    (sent,) = read.texts
    assert json.loads(sent) == {"widget": "work", "order": value, "count": 3}
    raw = made.partition('">{')[2].partition("</cwdb-action>")[0]
    assert json.loads("{" + raw) == json.loads(sent)
    assert sent.isascii()
    assert {"<", ">", "&"}.isdisjoint(sent)
    (attributes,) = read.attributes
    assert attributes["confirmation"] == html.visible(f"Really {value}?")
    assert (attributes["action"], attributes["endpoint"]) == ("call", PRESSES.endpoint)


def test_looking_asks_no_question_and_leaves_out_what_is_empty() -> None:
    (attributes,) = (read := Actions(PRESSES.go("There", view="order", after=""))).attributes
    assert "confirmation" not in attributes
    assert json.loads(read.texts[0]) == {"widget": "work", "view": "order"}
