"""What deploys the template fits to it: environments, the deployer's and the operator's rights, the pages."""

import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws.template import Template, read_template
from tools.deploy.answers import ENVIRONMENTS
from tools.deploy.ending import FUNCTION, SHOWN

ROOT = Path(__file__).parents[2]
SERVICES = {
    "ApiGatewayV2": "apigateway",
    "CloudWatch": "cloudwatch",
    "DynamoDB": "dynamodb",
    "IAM": "iam",
    "Lambda": "lambda",
    "Logs": "logs",
    "SNS": "sns",
    "SQS": "sqs",
    "Scheduler": "scheduler",
}
"""Prefixes of actions, by the service's name in types of CloudFormation."""
ASKED = re.compile(r"client\.(\w+)\(")
ACTIONS = {
    "describe_stacks": "cloudformation:DescribeStacks",
    "describe_stack_resources": "cloudformation:DescribeStackResources",
    "invoke": "lambda:InvokeFunction",
}


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "template.yaml", {})


def policy(name: str) -> list[dict[str, Any]]:
    content = json.loads((ROOT / "docs" / "policies" / f"{name}.json").read_text())
    assert content["Version"] == "2012-10-17"
    statements: list[dict[str, Any]] = content["Statement"]
    return statements


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def actions(name: str) -> set[str]:
    return {action for statement in policy(name) for action in listed(statement["Action"])}


def samconfig() -> dict[str, Any]:
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


# --- environments -------------------------------------------------------------------------------------------------


def test_there_is_a_section_for_each_environment() -> None:
    assert set(samconfig()) - {"version", "default"} == set(ENVIRONMENTS)


def test_only_where_orders_are_real_a_change_waits_for_a_yes() -> None:
    waits = {name: samconfig()[name]["deploy"]["parameters"]["confirm_changeset"] for name in ENVIRONMENTS}
    assert waits == {"dev": False, "staging": False, "prod": True}


def test_environments_are_told_apart_and_set_only_parameters_that_exist(template: Template) -> None:
    for name in ENVIRONMENTS:
        chosen = samconfig()[name]["deploy"]["parameters"]
        assert f"environment={name}" in chosen["tags"]
        overrides = dict(pair.split("=") for pair in chosen.get("parameter_overrides", "").split())
        for parameter, value in overrides.items():
            assert value in map(str, template.body["Parameters"][parameter]["AllowedValues"])


def test_what_is_shown_at_the_end_is_an_output(template: Template) -> None:
    assert {*SHOWN, FUNCTION} <= set(template.body["Outputs"])


# --- rights -------------------------------------------------------------------------------------------------------


def test_the_deployer_may_make_every_kind_of_resource(template: Template) -> None:
    kinds = {resource["Type"].split("::")[1] for resource in template.body["Resources"].values()}
    assert {action.split(":")[0] for action in actions("deployer")} >= {SERVICES[kind] for kind in kinds}


def test_the_deployer_passes_roles_to_functions_and_schedules_alone() -> None:
    (passing,) = (each for each in policy("deployer") if "iam:PassRole" in listed(each["Action"]))
    services = passing["Condition"]["StringEquals"]["iam:PassedToService"]
    assert services == ["lambda.amazonaws.com", "scheduler.amazonaws.com"]


def test_nobody_may_do_everything_with_everything() -> None:
    for name in ("deployer", "operator"):
        for statement in policy(name):
            if "*" in listed(statement["Resource"]):
                assert not any(action.endswith(":*") for action in listed(statement["Action"])), statement["Sid"]


def test_the_deployer_s_names_fit_to_those_of_the_template(template: Template) -> None:
    resources = [each for statement in policy("deployer") for each in listed(statement["Resource"])]
    for group in dict(template.of_type("AWS::Logs::LogGroup")).values():
        name = group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "shopbridge")
        arn = f"arn:aws:logs:eu-central-1:123456789012:log-group:{name}"
        assert any(fnmatch(arn, pattern) for pattern in resources if pattern != "*"), name
    named = (each["Properties"].get("FunctionName") for _, each in template.of_type("AWS::Lambda::Function"))
    for name in filter(None, named):
        arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{name['Fn::Sub']}"
        arn = arn.replace("${AWS::StackName}", "shopbridge")
        assert any(fnmatch(arn, pattern) for pattern in resources if pattern != "*"), name


def test_the_operator_may_do_exactly_what_the_command_line_asks_of_aws() -> None:
    sources = (path.read_text() for path in (ROOT / "cli" / "shopbridge_cli").rglob("*.py"))
    asked = {name for source in sources if "boto3" in source for name in ASKED.findall(source)}
    assert {ACTIONS[name] for name in asked} == actions("operator")


# --- the page -----------------------------------------------------------------------------------------------------


def test_every_parameter_and_output_stands_on_the_page(template: Template) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    rows = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert rows >= {*template.body["Parameters"], *template.body["Outputs"]}


def test_defaults_on_the_page_are_those_of_the_template(template: Template) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", page, re.MULTILINE))
    for name, parameter in template.body["Parameters"].items():
        assert told[name].strip() == (str(parameter["Default"]) or "none"), name
