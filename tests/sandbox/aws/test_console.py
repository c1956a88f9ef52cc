"""The console's stand-in, asked as its page asks it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.aws.console import TOKEN_HEADER, Console
from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.moto import MotoProcess
from sandbox.platforms.kit import Loopback
from sandbox.platforms.kit.guard import Guard

STACK = Path(__file__).parent / "console_stack" / "template.yaml"
TOKEN = "of-this-run"


@pytest.fixture(scope="module")
def aws(moto: MotoProcess) -> Iterator[EmbeddedAws]:
    name = f"console-{uuid4().hex[:8]}"
    with EmbeddedAws(STACK, name, {"Hint": "Hallo <b>you</b>"}, moto=moto) as running:
        yield running


@pytest.fixture(scope="module")
def url(aws: EmbeddedAws) -> Iterator[str]:
    with Loopback(Console(aws, Guard(TOKEN)).app) as served:
        yield served.url


@pytest.fixture
def page(url: str) -> Iterator[httpx.Client]:
    """Asks as the page does."""
    with httpx.Client(base_url=url, headers={TOKEN_HEADER: TOKEN, "Origin": url}) as client:
        yield client


def endpoint(aws: EmbeddedAws, function: str) -> str:
    return f"arn:aws:lambda:eu-central-1:123456789012:function:{aws.stack.names[function]}"


def said(page: httpx.Client, aws: EmbeddedAws, answer: Any) -> dict[str, Any]:
    """What the page gets for a widget that answers so."""
    return asked(page, endpoint(aws, "Echo"), say=answer)


def asked(page: httpx.Client, function: str, viewer: str = "administrator", **event: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.post(
        "/api/invoke", json={"endpoint": function, "event": event, "viewer": viewer}
    ).json()
    return found


# --- what is laid out -----------------------------------------------------------------------------------------------


def test_dashboards_are_laid_out_with_the_names_of_the_stack(page: httpx.Client, aws: EmbeddedAws) -> None:
    told = page.get("/api/dashboards").json()
    watch, desk = told["dashboards"]
    assert (watch["name"], desk["name"]) == (f"{aws.stack_name}-watch", f"{aws.stack_name}-desk")
    echo = watch["widgets"][0]
    assert echo == {
        "id": "widget-1",
        "kind": "custom",
        "x": 0,
        "y": 0,
        "width": 12,
        "height": 8,
        "title": "Echo",
        "endpoint": endpoint(aws, "Echo"),
        "params": {"page": 1},
        "updateOn": {"refresh": True, "resize": True, "timeRange": False},
    }
    assert desk["widgets"][0]["endpoint"] == endpoint(aws, "Other")


def still(page: httpx.Client, number: int) -> str:
    """What stands in a widget of the first dashboard."""
    widget = page.get("/api/dashboards").json()["dashboards"][0]["widgets"][number]
    asked = {"kind": widget["kind"], "properties": widget["properties"]}
    return str(page.post("/api/still", json=asked).json()["html"])


def drawn(page: httpx.Client, kind: str, **properties: Any) -> str:
    return str(page.post("/api/still", json={"kind": kind, "properties": properties}).json()["html"])


def cells(html: str) -> list[str]:
    return re.findall(r"<td>(.*?)</td>", html)


def test_what_only_cloudwatch_shows_is_named(page: httpx.Client, aws: EmbeddedAws) -> None:
    assert still(page, 1) == "<h1>Hallo &lt;b&gt;you&lt;/b&gt;</h1>\n"
    assert f"<code>{aws.stack_name}-Alarm</code>" in still(page, 2)
    assert drawn(page, "log", query="stats count(*) by event") == (
        "<p>Shown in CloudWatch only.</p>\n<pre><code>stats count(*) by event\n</code></pre>\n"
    )
    assert still(page, 4) == drawn(page, "explorer") == "<p>Shown in CloudWatch only.</p>\n"


def test_metrics_show_their_newest_values(page: httpx.Client, aws: EmbeddedAws) -> None:
    queue = aws.stack.names["Queue"].rpartition("/")[2]
    aws.cloud.client("sqs").send_message(QueueUrl=aws.stack.names["Queue"], MessageBody="{}")
    for held, connection in ((1, "a"), (7, "a"), (2, "b"), (9, "")):
        own = {"connection": connection} if connection else {}
        told = {"Namespace": "S/x", "Dimensions": [list(own)], "Metrics": [{"Name": "held"}]}
        aws.activity.take_json(_aws={"CloudWatchMetrics": [told]}, held=held, **own)
    waiting = drawn(
        page,
        "metric",
        metrics=[
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, {"label": "orders"}],
            ["...", "absent", {"label": "polls"}],
            ["S/x", "held", {"label": "all"}],
            [".", ".", "connection", "a", {"label": "of a"}],
        ],
    )
    assert cells(waiting) == ["orders", "1", "all", "9", "of a", "7"]
    search = "SEARCH('{S/x,connection} MetricName=\"held\"', 'Maximum', 300)"
    assert cells(drawn(page, "metric", metrics=[[{"expression": search, "id": "each"}]])) == ["a", "7", "b", "2"]


def test_logs_are_queried_as_far_as_our_queries_go(page: httpx.Client, aws: EmbeddedAws) -> None:
    for event, fix in (("run_done", None), ("held", "Map <b> | it"), ("run_failed", "Look"), ("held", "Again")):
        aws.activity.take_json(event=event, connection="queried", **({"fix": fix} if fix else {}))
    query = "SOURCE 'x' | fields event, fix | filter connection = 'queried' and "
    assert cells(drawn(page, "log", query=f"{query}ispresent(fix) and event != 'run_failed' | limit 1")) == [
        "held",
        "Map &lt;b&gt; | it",
    ]
    assert cells(drawn(page, "log", query=f"{query}event in ['run_done', 'run_failed'] | sort event desc")) == [
        "run_failed",
        "Look",
        "run_done",
        "",
    ]
    assert drawn(page, "log", query=f"{query}event = 'never'") == "<p>Nothing yet.</p>\n"


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_event_arrives_as_the_page_sends_it(page: httpx.Client, aws: EmbeddedAws) -> None:
    asked(page, endpoint(aws, "Echo"), say="", number=2, widgetContext={"theme": "dark"})
    steps = sys.modules["console_steps.echo.app"]
    assert vars(steps)["ASKED"][-1] == {"say": "", "number": 2, "widgetContext": {"theme": "dark"}}


def test_a_string_is_html_an_object_json_and_markdown_is_rendered(page: httpx.Client, aws: EmbeddedAws) -> None:
    html = said(page, aws, '<p class="a">1 &lt; 2</p>')
    assert (html["kind"], html["html"], html["warnings"]) == ("html", '<p class="a">1 &lt; 2</p>', [])
    markdown = said(page, aws, {"markdown": "**so** <script>x</script>\n\n| a |\n|---|\n| b |"})
    assert markdown["kind"] == "markdown"
    assert "<strong>so</strong> &lt;script&gt;" in markdown["html"]
    assert "<td>b</td>" in markdown["html"]
    shown = said(page, aws, {"a": "<b>"})
    assert (shown["kind"], shown["html"]) == ("json", '<pre>{\n  "a": "&lt;b&gt;"\n}</pre>')
    assert said(page, aws, {"markdown": "x", "more": 1})["kind"] == "json"
    assert said(page, aws, None)["html"] == "<pre>null</pre>"


def test_a_crash_is_told_as_the_console_does(page: httpx.Client, aws: EmbeddedAws) -> None:
    told = asked(page, endpoint(aws, "Echo"), crash="broken <b>")
    assert told["kind"] == "error"
    assert "RuntimeError: broken &lt;b&gt; (request " in told["html"]


def test_a_widget_works_with_the_rights_of_its_own_role(page: httpx.Client, aws: EmbeddedAws) -> None:
    told = asked(page, endpoint(aws, "Other"))
    assert "The role of Other in template.yaml does not allow sqs:SendMessage" in told["html"]


def test_a_function_of_elsewhere_is_none(page: httpx.Client) -> None:
    told = asked(page, "arn:aws:lambda:eu-central-1:123456789012:function:foreign")
    assert (told["kind"], "no function arn:aws:lambda" in told["html"]) == ("error", True)


def test_a_viewer_invokes_what_the_policy_allows(page: httpx.Client, aws: EmbeddedAws) -> None:
    assert page.get("/api/dashboards").json()["viewers"] == ["administrator", "LookOnly"]
    assert asked(page, endpoint(aws, "Echo"), "LookOnly", say="seen")["html"] == "seen"
    refused = asked(page, endpoint(aws, "Other"), "LookOnly")
    assert "The policy LookOnly does not allow lambda:InvokeFunction" in refused["html"]


HARMLESS = """<style>.sb-x:hover { color: red }</style><div class="sb-x cwdb-no-default-styles" style="color:red">
<svg viewBox="0 0 2 2" role="img" aria-label="well"><title>t</title><path d="M0 0"></path></svg>
<form><input type="text" name="q" value="&quot;"><input type="checkbox" name="c" checked="">
<select name="s"><option value="1" selected="">x</option></select><textarea name="t" rows="2">hm</textarea></form>
<a class="btn btn-primary" href="https://console.aws.amazon.com/x" target="_blank" rel="noopener">go</a>
<cwdb-action action="call" endpoint="arn:x" display="popup" event="dblclick">{"a": "\\u003cb"}</cwdb-action>
<cwdb-action confirmation="Do it?"><p>Done</p></cwdb-action>
<img src="data:image/png;base64,AAAA" alt="dot"><table><tbody><tr><td colspan="2">1</td></tr></tbody></table></div>"""


def test_what_widgets_are_made_of_stays_as_it_is(page: httpx.Client, aws: EmbeddedAws) -> None:
    told = said(page, aws, HARMLESS)
    assert told["html"] == HARMLESS
    assert told["warnings"] == []


@pytest.mark.parametrize(
    ("html", "left", "gone"),
    [
        ("a<script>alert(1)</script>b", "ab", "<script>"),
        ('<p onclick="alert(1)">x</p>', "<p>x</p>", "onclick of <p>"),
        ("<iframe src=https://x.example></iframe>x", "x", "<iframe>"),
        ('<svg><use href="#a"></use></svg>', "<svg></svg>", "<use>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>", "href of <a>"),
        ('<a href="data:text/html,x" download="x">x</a>', "<a>x</a>", "download of <a>"),
        ('<img src="https://x.example/a.png">', "<img>", "src of <img>"),
        ('<input type="password" name="p">', '<input name="p">', "type of <input>"),
        ("<button>x</button>", "x", "<button>"),
        ('<form action="https://x.example">x</form>', "<form>x</form>", "action of <form>"),
        ('<meta http-equiv="refresh" content="0">x', "x", "<meta>"),
    ],
)
def test_what_would_not_stay_goes_and_is_told(
    page: httpx.Client, aws: EmbeddedAws, html: str, left: str, gone: str
) -> None:
    told = said(page, aws, html)
    assert told["html"] == left
    assert f"The console would remove {gone}." in told["warnings"]


def test_what_is_too_large_is_told(page: httpx.Client, aws: EmbeddedAws) -> None:
    assert said(page, aws, "x" * 260_000)["warnings"] == [
        "The answer has 260,002 bytes: over 250,000 a browser is slow."
    ]
    assert said(page, aws, "x" * (6 * 1024 * 1024))["kind"] == "error"


# --- who is let in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({TOKEN_HEADER: ""}, "of an earlier run"),
        ({TOKEN_HEADER: "of-another-run"}, "of an earlier run"),
        ({"Origin": "https://evil.example"}, "by a page of elsewhere"),
        ({"Origin": "null"}, "by a page of elsewhere"),
        ({"Origin": ""}, "by a page of elsewhere"),
        ({"Host": "evil.example"}, "answers to 127.0.0.1 only"),
        ({"Host": "127.0.0.1:1"}, "answers to 127.0.0.1 only"),
    ],
)
def test_pages_of_elsewhere_and_strangers_are_refused(
    page: httpx.Client, aws: EmbeddedAws, headers: dict[str, str], why: str
) -> None:
    before = len(vars(sys.modules["console_steps.echo.app"])["ASKED"])
    content = {"endpoint": endpoint(aws, "Echo"), "event": {"say": "x"}}
    answer = page.post("/api/invoke", json=content, headers=headers)
    assert (answer.status_code, why in answer.text) == (403, True)
    assert len(vars(sys.modules["console_steps.echo.app"])["ASKED"]) == before


def test_dashboards_are_not_told_to_strangers(url: str) -> None:
    with httpx.Client(base_url=url) as stranger:
        assert stranger.get("/api/dashboards").status_code == 403
        assert stranger.get("/", headers={"Host": "evil.example"}).status_code == 403


def test_the_page_lets_nothing_run_but_its_own_script(page: httpx.Client) -> None:
    for path in ("/", "/static/console.js", "/static/console.css", "/api/dashboards", "/absent"):
        policy = page.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "form-action 'none'" in policy
    assert "<script src=" in page.get("/").text
    assert page.get("/").text.count("<script") == 1


def test_the_address_keeps_its_token_in_the_browser(aws: EmbeddedAws) -> None:
    assert Console(aws, Guard(TOKEN)).address("http://127.0.0.1:1") == f"http://127.0.0.1:1/#{TOKEN}"
