"""Reads ``template.yaml`` the way SAM does, and finds in it what the embedded AWS has to serve."""

import logging
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.aws.environment import environment
from sandbox.aws.moto import REGION

Resource = dict[str, Any]

CREATED = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    }
)
"""What moto creates. Routes, schedules and event source mappings are served by this package; alarms,
dashboards and saved queries have nothing to do on one machine."""


@dataclass(frozen=True)
class FunctionSpec:
    """A function as the template describes it. ``module`` is where its code can be imported from."""

    logical_id: str
    module: str
    attribute: str
    role: str
    timeout: float
    memory: int


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API, for example ``POST /hooks/{connection}``."""

    method: str
    path: str
    function: str


@dataclass(frozen=True)
class Schedule:
    """``payload`` goes to ``function`` every ``minutes`` minutes."""

    name: str
    minutes: int
    function: str
    payload: str


@dataclass(frozen=True)
class SourceMapping:
    """Messages of ``queue`` go to ``function``. Functions and queues are logical ids."""

    queue: str
    function: str
    batch_size: int
    partial_answers: bool


@dataclass(frozen=True)
class Template:
    """The translated template and what is served from it."""

    body: dict[str, Any]
    code_paths: tuple[Path, ...]
    functions: Mapping[str, FunctionSpec]

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes of all HTTP APIs."""
        apis = (api["Properties"]["Body"]["paths"] for _, api in self.of_type("AWS::ApiGatewayV2::Api"))
        return tuple(
            Route(method.upper(), path, _function_of(operation["x-amazon-apigateway-integration"]["uri"]))
            for paths in apis
            for path, operations in paths.items()
            for method, operation in operations.items()
        )

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """All EventBridge schedules."""
        return tuple(
            Schedule(
                name,
                _minutes(schedule["Properties"]["ScheduleExpression"]),
                _target(schedule["Properties"]["Target"]["Arn"]),
                schedule["Properties"]["Target"].get("Input", "{}"),
            )
            for name, schedule in self.of_type("AWS::Scheduler::Schedule")
        )

    @property
    def source_mappings(self) -> tuple[SourceMapping, ...]:
        """All queues that feed functions."""
        return tuple(
            SourceMapping(
                _target(properties["EventSourceArn"]),
                _target(properties["FunctionName"]),
                int(properties.get("BatchSize", 10)),
                "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
            )
            for properties in (found["Properties"] for _, found in self.mapping_resources())
        )

    @property
    def log_groups(self) -> frozenset[str]:
        """The log groups that functions write to."""
        configured = (found["Properties"].get("LoggingConfig") for _, found in self.of_type("AWS::Lambda::Function"))
        return frozenset(_target(logging["LogGroup"]) for logging in configured if logging)

    def mapping_resources(self) -> Iterator[tuple[str, Resource]]:
        """The event source mappings by logical id."""
        return self.of_type("AWS::Lambda::EventSourceMapping")

    def of_type(self, kind: str) -> Iterator[tuple[str, Resource]]:
        """Resources of a type, by logical id."""
        return ((name, found) for name, found in self.body["Resources"].items() if found["Type"] == kind)

    def for_moto(self, public_url: str) -> dict[str, Any]:
        """The part that moto creates; the API's address becomes ``public_url``."""
        kept: dict[str, Any] = {
            key: self.body[key] for key in ("Parameters", "Conditions", "Mappings") if key in self.body
        }
        resources = {
            name: _with_public_url(found, public_url)
            for name, found in self.body["Resources"].items()
            if found["Type"] in CREATED
        }
        return {**kept, "Resources": resources}


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def read_template(path: Path, parameters: Mapping[str, str]) -> Template:
    """Expand the SAM template with its own translator.

    Raises:
        InvalidDocumentException: The template is wrong; the error says where.
    """
    from samtranslator.yaml_helper import yaml_parse

    source = yaml_parse(path.read_text())
    body = expand(_without_code(source), parameters)
    return Template(body, tuple(_code_paths(source, path.parent)), _functions(source, body))


def expand(source: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a template as CloudFormation gets it from SAM's macro; code in it is uploaded already.

    Raises:
        InvalidDocumentException: The template is wrong; the error says where.
    """
    # Imported here because it takes a second, in which moto can start.
    from samtranslator.translator.transform import transform

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns about its own metrics
    with environment({"AWS_DEFAULT_REGION": REGION}):  # the translator asks for one
        body: dict[str, Any] = transform(source, dict(parameters), _NoManagedPolicies())
    return body


def _without_code(source: dict[str, Any]) -> dict[str, Any]:
    """The translator wants code that was uploaded already."""
    uploaded = deepcopy(source)
    for resource in uploaded["Resources"].values():
        for key in ("CodeUri", "ContentUri"):
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = "s3://sandbox/code.zip"
    return uploaded


def _code_paths(source: dict[str, Any], root: Path) -> Iterator[Path]:
    """Where imports are found: the template's directory for functions, and the layers."""
    yield root
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            yield root / resource["Properties"]["ContentUri"]


def _functions(source: dict[str, Any], body: dict[str, Any]) -> dict[str, FunctionSpec]:
    return {
        name: _function(name, resource["Properties"]["CodeUri"], body["Resources"][name]["Properties"])
        for name, resource in source["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def _function(name: str, code_uri: str, properties: dict[str, Any]) -> FunctionSpec:
    module, _, attribute = properties["Handler"].rpartition(".")
    package = ".".join(Path(code_uri).parts)
    return FunctionSpec(
        name,
        f"{package}.{module}",
        attribute,
        _target(properties["Role"]),
        properties.get("Timeout", 3),
        properties.get("MemorySize", 128),
    )


def _target(reference: dict[str, Any]) -> str:
    """The logical id in a ``Ref`` or ``Fn::GetAtt``."""
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])


def _function_of(uri: dict[str, str]) -> str:
    found = re.search(r"\$\{(\w+)\.Arn\}/invocations", uri["Fn::Sub"])
    if found is None:
        raise ValueError(f"The route's integration {uri} is no Lambda function")
    return found[1]


_MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}


def _minutes(expression: str) -> int:
    found = re.fullmatch(r"rate\((\d+) (\w+)\)", expression)
    if found is None:
        raise ValueError(f"The embedded AWS runs only rate(...) schedules, not {expression!r}")
    return int(found[1]) * _MINUTES[found[2]]


def _with_public_url(value: Any, public_url: str) -> Any:
    if isinstance(value, list):
        return [_with_public_url(item, public_url) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(text := value.get("Fn::Sub"), str) and ".execute-api." in text:
        return re.sub(r"https://[^/]+", public_url, text)
    return {key: _with_public_url(item, public_url) for key, item in value.items()}
