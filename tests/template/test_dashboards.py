"""Saved queries, dashboards and their widgets, and who is let look and press."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from benchmarks.orders.dollars import assumed
from sandbox.aws.template import Template
from shopbridge.desk.widgets import VIEWS
from shopbridge.flows.telling.measures import MEASURES
from tests.template.expanded import OF_VIEWERS, ROOT, WIDGETS, Properties, listed, of_type, template

__all__ = ["template"]

METRICS = "SHOPBRIDGE_METRIC_NAMESPACE"
ONE_PROCESSOR = 1769
"""MB of a function that has a whole one (AWS Lambda developer guide, memory)."""


def test_saved_queries_read_the_activity_log(template: Template) -> None:
    queries = of_type(template, "AWS::Logs::QueryDefinition")
    assert len(queries) == 9
    assert all(query["LogGroupNames"] == [{"Ref": "ActivityLog"}] for query in queries.values())


def dashboard(template: Template, name: str) -> list[Properties]:
    """The widgets of a dashboard."""
    body = of_type(template, "AWS::CloudWatch::Dashboard")[name]["DashboardBody"]["Fn::Sub"]
    widgets: list[Properties] = json.loads(body)["widgets"]
    return widgets


def custom(template: Template, name: str) -> list[Properties]:
    return [each["properties"] for each in dashboard(template, name) if each["type"] == "custom"]


def test_there_are_two_dashboards_one_to_look_at_and_one_to_work_at(template: Template) -> None:
    found = of_type(template, "AWS::CloudWatch::Dashboard")
    names = {name: each["DashboardName"]["Fn::Sub"] for name, each in found.items()}
    assert names == {"WatchDashboard": "${AWS::StackName}-watch", "DeskDashboard": "${AWS::StackName}-desk"}


@pytest.mark.parametrize(("name", "function"), [("WatchDashboard", "WatchWidgets"), ("DeskDashboard", "DeskWidgets")])
def test_every_widget_of_a_dashboard_is_served_by_its_own_function_and_one_that_exists(
    template: Template, name: str, function: str
) -> None:
    widgets = custom(template, name)
    assert widgets
    for widget in widgets:
        assert widget["endpoint"] == f"${{{function}.Arn}}"
        assert widget["params"]["widget"] in VIEWS
        assert set(widget["updateOn"]) == {"refresh", "resize", "timeRange"}
    assert function in template.functions


@pytest.mark.parametrize("name", ["WatchDashboard", "DeskDashboard"])
def test_the_widgets_of_a_dashboard_lie_beside_each_other(template: Template, name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for each in dashboard(template, name):
        across, down = range(each["x"], each["x"] + each["width"]), range(each["y"], each["y"] + each["height"])
        cells = {(x, y) for x in across for y in down}
        assert not cells & taken, each["properties"]["title"]
        assert each["x"] + each["width"] <= 24
        taken |= cells


def test_all_that_a_dashboard_s_body_names_is_in_the_template(template: Template) -> None:
    known = {*template.body["Resources"], *template.body["Parameters"]}
    for each in of_type(template, "AWS::CloudWatch::Dashboard").values():
        named = re.findall(r"\$\{([\w:]+)(?:\.\w+)?\}", each["DashboardBody"]["Fn::Sub"])
        assert {name for name in named if "::" not in name} <= known


OF_AWS = {
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}, "QueueName"),
    "AWS/Lambda": ({"Errors", "Duration", "Invocations", "Throttles"}, "FunctionName"),
    "AWS/ApiGateway": ({"Count", "4xx", "5xx"}, "ApiId"),
}
"""Metrics that AWS makes, with the dimension of each, as its user guides list them."""


OURS = "Shopbridge/${AWS::StackName}"
SEARCHED = re.compile(r"SEARCH\('\{([^,]+),(\w+)\} MetricName=\"([^\"]+)\"', '\w+', \d+\)")


def metrics_of(template: Template, name: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Namespace, name and dimensions of every metric of a dashboard; dots stand for what the line before has."""
    for widget in dashboard(template, name):
        before: list[str] = []
        for line in widget["properties"].get("metrics", ()):
            if "expression" in line[0]:
                (found,) = SEARCHED.findall(line[0]["expression"])
                yield found[0], found[2], (found[1],)
                continue
            words = [word for word in line if isinstance(word, str)]
            if words[0] == "...":
                words = [*before[: -len(words[1:])], *words[1:]]
            before = [old if new == "." else new for new, old in zip(words, before or words, strict=True)]
            yield before[0], before[1], tuple(before[2::2])


@pytest.mark.parametrize("name", ["WatchDashboard", "DeskDashboard"])
def test_every_metric_of_a_dashboard_is_one_that_somebody_makes(template: Template, name: str) -> None:
    filters = of_type(template, "AWS::Logs::MetricFilter").values()
    counted = {each["MetricTransformations"][0]["MetricName"] for each in filters}
    for namespace, metric, dimensions in metrics_of(template, name):
        if namespace == OURS:
            assert metric in MEASURES or (metric in counted and not dimensions), metric
            assert dimensions in ((), ("connection",)), metric
        else:
            known, dimension = OF_AWS[namespace]
            assert (metric in known, dimensions) == (True, (dimension,)), metric


def test_the_first_row_is_what_a_merchant_asks(template: Template) -> None:
    first = [each["properties"] for each in dashboard(template, "WatchDashboard") if each["y"] == 0]
    asked = [each["metrics"][0][1] for each in first]
    assert asked == ["imported", "held", "oldest_held_minutes", "lag_minutes"]
    assert {each["view"] for each in first} == {"singleValue"}


def test_the_watch_alone_makes_metrics_of_its_lines_and_always_logs_them(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    made = {name for name, each in functions.items() if METRICS in each["Environment"]["Variables"]}
    assert made == {"Watch"}
    variables = functions["Watch"]["Environment"]["Variables"]
    assert variables[METRICS] == {"Fn::Sub": OURS}
    assert variables["SHOPBRIDGE_METRIC_CONNECTIONS"] == {"Ref": "MetricConnections"}
    # Whoever sets LogLevel to WARN would mute every alarm that is made of the line `watched`.
    assert functions["Watch"]["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
    assert functions["Watch"]["LoggingConfig"]["LogFormat"] == "JSON"


@pytest.mark.parametrize(("function", "policy"), WIDGETS.items())
def test_people_may_be_let_look_and_press_and_nothing_else(template: Template, function: str, policy: str) -> None:
    given = of_type(template, "AWS::IAM::ManagedPolicy")[policy]["PolicyDocument"]["Statement"]
    named = {action: each["Resource"] for each in given for action in listed(each["Action"]) if each["Resource"] != "*"}
    assert named.pop("lambda:InvokeFunction") == {"Fn::GetAtt": [function, "Arn"]}
    side = "watch" if function == "WatchWidgets" else "desk"
    assert named.pop("cloudwatch:GetDashboard")["Fn::Sub"].endswith(f":dashboard/${{AWS::StackName}}-{side}")
    assert named == {"logs:StartQuery": {"Fn::GetAtt": ["ActivityLog", "Arn"]}}
    assert {action for each in given if each["Resource"] == "*" for action in each["Action"]} == OF_VIEWERS


def test_a_widget_s_function_is_called_as_cloudwatch_recommends(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    names = {name: functions[name]["FunctionName"]["Fn::Sub"] for name in WIDGETS}
    assert names == {
        "WatchWidgets": "customWidget-${AWS::StackName}-watch",
        "DeskWidgets": "customWidget-${AWS::StackName}-desk",
    }


def test_who_only_looks_writes_nothing_whatever_the_code_may_try(template: Template) -> None:
    (policy,) = of_type(template, "AWS::IAM::Role")["WatchWidgetsRole"]["Policies"]
    actions = {action for each in policy["PolicyDocument"]["Statement"] for action in listed(each["Action"])}
    assert actions == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


def test_the_desk_reads_credentials_and_never_writes_them(template: Template) -> None:
    policies = of_type(template, "AWS::IAM::Role")["DeskWidgetsRole"]["Policies"]
    found = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    assert [each["Action"] for each in found if "ssm:" in json.dumps(each)] == ["ssm:GetParameters"]


def test_the_operations_function_is_told_by_its_arn_since_a_name_is_good_in_its_region_only() -> None:
    outputs = (ROOT / "template.yaml").read_text().partition("\nOutputs:")[2]
    assert re.findall(r"  OperationsFunction:\n.*\n    Value: (.+)", outputs) == ["!GetAtt Operations.Arn"]


# --- auditing -------------------------------------------------------------------------------------------------------


def test_every_check_that_is_skipped_has_its_reason() -> None:
    """A comment behind the check or in the lines above it, as `make audit` finds them."""
    lines = [line.strip() for line in (ROOT / ".checkov.yaml").read_text().partition("skip-check:\n")[2].splitlines()]
    skipped = [(line, before) for before, line in pairwise(["", *lines]) if line.startswith("- ")]
    assert len(skipped) >= 3
    assert [line for line, before in skipped if "  # " not in line and not before.startswith("# ")] == []


def test_the_bench_assumes_the_memory_that_functions_have(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    assert functions["OrderImport"]["MemorySize"] == pytest.approx(1024 * assumed("memory_gb"))
    assert functions["OrderImport"]["MemorySize"] / ONE_PROCESSOR == pytest.approx(
        assumed("processor_share"), abs=0.005
    )
    assert functions["Dispatch"]["MemorySize"] / ONE_PROCESSOR == pytest.approx(assumed("dispatch_share"))
