"""The console's stand-in in a browser: what becomes of actions, forms, themes, and of what should not run."""

import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from selenium.webdriver import Chrome

from sandbox.aws.console import Console
from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.moto import MotoProcess
from sandbox.platforms.kit import Loopback
from tests.browser import Person, chromium, needs_browser
from tests.sandbox.aws.test_console import STACK

pytestmark = needs_browser

READ_THE_SAME = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""JSON that is the same as text and as HTML."""
DEAD = """<cwdb-action>{}</cwdb-action>
<p>no endpoint</p><cwdb-action action="call">{}</cwdb-action>
<p>hovers</p><cwdb-action action="call" endpoint="arn:x" event="mouseenter">{}</cwdb-action>
<p>no JSON</p><cwdb-action action="call" endpoint="arn:x">{page: 1}</cwdb-action>
<p>a list of nothing</p><cwdb-action action="call" endpoint="arn:x">7</cwdb-action>
<p>never</p><cwdb-action event="keydown">x</cwdb-action>"""
WHY = (
    "An action has nothing before it to bind to. The console would silently do nothing.",
    "An action calls, but has no endpoint. The console would silently do nothing.",
    "An action calls on mouseenter, which only html may. The console would silently do nothing.",
    "An action's content is no JSON: ",
    "An action's content is no JSON object. The console would silently do nothing.",
    'An action waits for "keydown", which never comes. The console would silently do nothing.',
)


@pytest.fixture(scope="module")
def aws(moto: MotoProcess) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(STACK, f"browser-{uuid4().hex[:8]}", moto=moto) as running:
        yield running


@pytest.fixture(scope="module")
def address(aws: EmbeddedAws) -> Iterator[str]:
    console = Console(aws)
    with Loopback(console.app) as served:
        yield console.address(served.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    with chromium() as running:
        yield running


class Echo:
    """The function behind the widget ``Echo``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        inside = vars(sys.modules["console_steps.echo.app"])
        self.arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{aws.stack.names['Echo']}"
        self._answers, self.asked = inside["ANSWERS"], inside["ASKED"]

    def says(self, answer: Any) -> None:
        self._answers.append(answer)

    def call(self, content: Any, *, more: str = "") -> str:
        """An action as our widgets write it."""
        text = json.dumps(content).translate(READ_THE_SAME)
        return f'<cwdb-action action="call" endpoint="{self.arn}" {more}>{text}</cwdb-action>'


@pytest.fixture
def echo(aws: EmbeddedAws) -> Echo:
    return Echo(aws)


@pytest.fixture
def person(browser: Chrome) -> Person:
    return Person(browser)


def test_widgets_lie_where_the_body_says_and_are_told_who_asks(person: Person, address: str, echo: Echo) -> None:
    echo.says("<p>well</p>")
    person.open(address)
    section = person.sees("Echo", "well")
    event = echo.asked[-1]
    assert (event["page"], event["widgetContext"]["params"]) == (1, {"page": 1})
    told = event["widgetContext"]
    assert (told["title"], told["theme"], told["widgetId"], told["forms"]) == ("Echo", "light", "widget-1", {"all": {}})
    assert told["timeRange"]["end"] - told["timeRange"]["start"] == 3 * 3_600_000
    assert told["dashboardName"].endswith("-watch")
    assert (told["width"] > 400, told["height"] > 200) == (True, True)
    beside = person.element("section[data-widget='']")
    assert section.rect["width"] == pytest.approx(beside.rect["width"], abs=8)
    assert beside.rect["x"] > section.rect["x"] + section.rect["width"]
    assert "Good morning" in beside.text
    assert person.complaints() == []


def test_an_action_asks_first_and_takes_the_form_along(person: Person, address: str, echo: Echo) -> None:
    more = 'confirmation="Send &lt;it&gt;?"'
    fields = """<form><input type="text" name="q" value="a&quot;b"><textarea name="t">two
lines</textarea><select name="s"><option value="1">x</option><option value="2" selected>y</option></select>
<input type="radio" name="r" value="off"><input type="radio" name="r" value="on" checked>
<input type="checkbox" name="yes" value="v" checked><input type="checkbox" name="no" value="v"></form>"""
    echo.says(f"{fields}<a class='btn'>Send</a>{echo.call({'page': 3, 'odd': '<b>&'}, more=more)}")
    person.open(address)
    person.press("Echo", "Send")
    before = len(echo.asked)
    assert person.answer("Cancel") == "Send <it>?"
    echo.says("<p>sent</p>")
    person.press("Echo", "Send")
    assert len(echo.asked) == before
    person.answer("Yes")
    person.sees("Echo", "sent")
    event = echo.asked[-1]
    assert (event["page"], event["odd"]) == (3, "<b>&")
    assert event["widgetContext"]["forms"]["all"] == {"q": 'a"b', "t": "two\nlines", "s": "2", "r": "on", "yes": True}
    assert event["widgetContext"]["params"] == {"page": 1}


@pytest.mark.parametrize(
    ("reading", "ticked"),
    [("a ticked box says on, JSON as inner HTML", "on"), ("a ticked box says its value, JSON as text", "v")],
)
def test_what_nobody_knows_of_the_console_can_be_chosen(
    person: Person, address: str, echo: Echo, reading: str, ticked: str
) -> None:
    content = echo.call({"odd": "<b>&amp;"})
    echo.says(f"<input type='checkbox' name='c' value='v' checked><a class='btn'>Send</a>{content}")
    person.open(address)
    person.settled("Echo")
    person.choose("reading", reading)
    echo.says("<p>sent</p>")
    person.press("Echo", "Send")
    person.sees("Echo", "sent")
    assert echo.asked[-1]["odd"] == "<b>&amp;"
    assert echo.asked[-1]["widgetContext"]["forms"]["all"] == {"c": ticked}


def test_an_answer_goes_into_a_popup_or_comes_with_the_widget(person: Person, address: str, echo: Echo) -> None:
    inside = "<a class='btn'>Deeper</a><cwdb-action><p>the bottom</p></cwdb-action>"
    html = f"<a class='btn'>Open</a><cwdb-action>{inside}</cwdb-action>"
    echo.says(f"<p>first</p><a class='btn'>Ask</a>{echo.call({'a': 1}, more='display=popup')}{html}")
    person.open(address)
    person.sees("Echo", "first")
    echo.says("<p>in the popup</p>")
    person.press("Echo", "Ask")
    person.until(lambda: "in the popup" in person.element("#popup[open] .content").text or None, "the popup")
    person.element("#popup .close").click()
    person.sees("Echo", "first")
    person.press("Echo", "Open")
    person.press("Echo", "Deeper")
    assert "the bottom" in person.sees("Echo", "the bottom").text


def test_what_would_silently_do_nothing_is_a_warning(person: Person, address: str, echo: Echo) -> None:
    echo.says(DEAD)
    person.open(address)
    person.sees("Echo", "never")
    said = [each.text for each in person.all("section[data-widget='Echo'] .warnings li")]
    assert len(said) == len(WHY)
    assert all(line.startswith(why) for line, why in zip(said, WHY, strict=True))


def test_the_theme_is_told_and_worn_and_the_rest_redraws_as_configured(
    person: Person, address: str, echo: Echo
) -> None:
    echo.says("<table><tr><td>dark or not</td></tr></table>")
    person.open(address)
    person.sees("Echo", "dark or not")
    person.choose("theme", "dark")
    person.until(lambda: echo.asked[-1]["widgetContext"]["theme"] == "dark" or None, "the theme is told")
    person.settled("Echo")
    person.element("section[data-widget='Echo'] .cwdb-theme-dark .cwdb-custom-inner")
    before = len(echo.asked)
    person.choose("range", "1 day")  # the widget is not redrawn for that
    person.element("#refresh").click()
    person.until(lambda: len(echo.asked) > before or None, "it is refreshed")
    person.settled("Echo")
    told = echo.asked[-1]["widgetContext"]["timeRange"]
    assert (len(echo.asked), told["relativeStart"]) == (before + 1, 86_400_000)


def test_a_crash_and_a_description_are_shown(person: Person, address: str, echo: Echo) -> None:
    echo.says("<p>first</p>")
    person.open(address)
    person.sees("Echo", "first")
    echo.says({"markdown": "# What it is"})
    person.element("section[data-widget='Echo'] button[title='Describe']").click()
    person.until(lambda: person.element("#popup[open] h1").text == "What it is" or None, "the description")
    assert echo.asked[-1]["describe"] is True
    person.element("#popup .close").click()
    person.choose("dashboard", next(each.text for each in person.all("#dashboard option") if "desk" in each.text))
    assert "does not allow sqs:SendMessage" in person.sees("Other", "AccessDenied").text
    assert person.settled("Other").get_attribute("data-state") == "error"


def test_nothing_in_a_widget_runs(person: Person, address: str, echo: Echo) -> None:
    echo.says(
        "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script><svg onload='window.hacked=1'></svg>"
        "<a class='btn' href='javascript:window.hacked=1'>press</a>"
    )
    person.open(address)
    person.press("Echo", "press")
    person.browser.execute_script(
        "document.querySelector('.body').insertAdjacentHTML('beforeend', "
        "'<img src=data:, onerror=window.hacked=1 id=odd><form action=/api/html method=post><button id=go></form>')"
    )
    person.element("#go").click()
    person.settled("Echo")
    assert person.browser.execute_script("return window.hacked") is None
    assert person.browser.current_url == address


def test_without_its_key_the_page_shows_nothing(person: Person, address: str) -> None:
    person.open(f"{address.partition('#')[0]}#of-an-earlier-run")
    person.until(lambda: "of an earlier run" in person.element("#trouble").text or None, "why")
    assert person.all(".widget") == []
