"""The template as SAM expands it, and what is read of it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.aws.template import Template, read_template

ROOT = Path(__file__).parents[2]
Properties = dict[str, Any]
QUEUES = {"OrderQueue", "PollQueue", "BackfillQueue", "StockQueue", "ProductQueue"}
RESERVED, ROUTES = "ReservedConcurrentExecutions", "RouteSettings"
OF_VIEWERS = {
    *("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListDashboards"),
    *("logs:DescribeLogGroups", "logs:GetQueryResults"),
}
"""What a person needs for the other widgets: AWS knows no resource for it, or the console asks for all."""


WIDGETS = {"WatchWidgets": "WatchViewers", "DeskWidgets": "DeskOperators"}
"""Functions that serve the dashboards' widgets, with the policy for people that lets them be invoked."""


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "template.yaml", {})


def of_type(template: Template, kind: str) -> dict[str, Properties]:
    return {name: found["Properties"] for name, found in template.of_type(kind)}


def rights(template: Template, role: str) -> set[tuple[str, str]]:
    """What a role's own policies allow: actions with the logical id of what they are allowed on."""
    policies = of_type(template, "AWS::IAM::Role")[role]["Policies"]
    found = (each for policy in policies for each in listed(policy["PolicyDocument"]["Statement"]))
    return {
        (action, resource["Fn::GetAtt"][0])
        for statement in found
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if "Fn::GetAtt" in resource
    }


def conditions(template: Template, role: str, action: str) -> list[Properties]:
    """Under what a role's own policies allow an action, for each statement that does."""
    policies = of_type(template, "AWS::IAM::Role")[role]["Policies"]
    found = (each for policy in policies for each in listed(policy["PolicyDocument"]["Statement"]))
    return [each.get("Condition", {}) for each in found if action in listed(each["Action"])]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
