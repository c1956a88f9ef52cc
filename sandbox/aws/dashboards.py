"""Reads the dashboards of a template, with the names that the stack's resources have."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws.moto import ACCOUNT, REGION
from sandbox.aws.stack import Stack
from sandbox.aws.template import Template

DASHBOARD, POLICY = "AWS::CloudWatch::Dashboard", "AWS::IAM::ManagedPolicy"
INVOKE = "lambda:InvokeFunction"
_NAMED = re.compile(r"\$\{(!?)([\w:.]+)\}")
_ARNS = {
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::CloudWatch::CompositeAlarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
}


@dataclass(frozen=True)
class Widget:
    """One widget, in cells of a grid that is 24 wide.

    Attributes:
        id: Tells it from the others of its dashboard.
        kind: ``custom``, ``metric``, ``log``, ``alarm``, ``text`` …
        properties: As the body has them.
    """

    id: str
    kind: str
    place: tuple[int, int, int, int]
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Dashboard:
    """One dashboard."""

    name: str
    widgets: tuple[Widget, ...]


@dataclass(frozen=True)
class Names:
    """What the template's references stand for in one stack."""

    template: Template
    stack: Stack
    given: Mapping[str, str]

    def resolved(self, value: Any) -> Any:
        """The value without ``Ref``, ``Fn::GetAtt``, ``Fn::Sub`` and ``Fn::Join``.

        Raises:
            ValueError: Another function of CloudFormation is in it.
        """
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        known: dict[str, Callable[[Any], str]] = {
            "Ref": self.ref,
            "Fn::GetAtt": self._got,
            "Fn::Sub": self._substituted,
            "Fn::Join": self._joined,
        }
        for function, inside in value.items():
            if function in known:
                return known[function](inside)
            if function.startswith("Fn::"):
                raise ValueError(f"The stand-in of the console does not know {function}: teach it to dashboards.py")
        return {key: self.resolved(each) for key, each in value.items()}

    def ref(self, name: str) -> str:
        """A resource's physical name, a parameter's value or a pseudo parameter's."""
        pseudo = {
            "AWS::StackName": self._stack_name,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in (parameters := self.template.body.get("Parameters", {})):
            return str(self.given.get(name, parameters[name].get("Default", "")))
        return self.stack.names.get(name) or f"{self._stack_name}-{name}"

    def attribute(self, name: str, attribute: str) -> str:
        """An attribute of a resource: its ARN, or its name."""
        kind, physical = self.template.body["Resources"][name]["Type"], self.ref(name).rpartition("/")[2]
        if attribute != "Arn" or kind not in _ARNS:
            return physical
        return "arn:aws:" + _ARNS[kind].format(region=REGION, account=ACCOUNT, name=physical)

    @property
    def _stack_name(self) -> str:
        return self.given["AWS::StackName"]

    def _got(self, of: list[str]) -> str:
        name, attribute = of
        return self.attribute(name, attribute)

    def _joined(self, joined: Sequence[Any]) -> str:
        between, parts = joined
        return str(between).join(self.resolved(parts))

    def _substituted(self, text: str | Sequence[Any]) -> str:
        body, variables = (text, {}) if isinstance(text, str) else (text[0], self.resolved(text[1]))

        def put(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(variables[name])
            resource, _, attribute = name.partition(".")
            return self.attribute(resource, attribute) if attribute else self.ref(name)

        return _NAMED.sub(put, body)


def read_dashboards(names: Names) -> tuple[Dashboard, ...]:
    """All dashboards of the template.

    Raises:
        ValueError: A body is no JSON, or a widget says not where it is.
    """
    found = (resource["Properties"] for _, resource in names.template.of_type(DASHBOARD))
    return tuple(_dashboard(names.resolved(properties)) for properties in found)


def _dashboard(properties: Mapping[str, Any]) -> Dashboard:
    name = properties["DashboardName"]
    try:
        widgets = json.loads(properties["DashboardBody"])["widgets"]
        return Dashboard(name, tuple(_widget(number, widget) for number, widget in enumerate(widgets, 1)))
    except (ValueError, KeyError) as error:
        raise ValueError(f"The body of the dashboard {name} is not one of CloudWatch: {error!r}") from error


def _widget(number: int, widget: Mapping[str, Any]) -> Widget:
    x, y, width, height = (int(widget[key]) for key in ("x", "y", "width", "height"))
    return Widget(f"widget-{number}", widget["type"], (x, y, width, height), widget.get("properties", {}))


def viewers(names: Names) -> dict[str, frozenset[str]]:
    """The functions that each managed policy of the template lets its people invoke, by the policy's logical id."""
    policies = names.template.of_type(POLICY)
    found = {name: frozenset(_invoked(names, policy["Properties"]["PolicyDocument"])) for name, policy in policies}
    return {name: functions for name, functions in found.items() if functions}


def _invoked(names: Names, document: Mapping[str, Any]) -> Iterator[str]:
    for statement in _listed(document["Statement"]):
        if INVOKE in _listed(statement.get("Action")):
            yield from (names.resolved(each) for each in _listed(statement["Resource"]))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
