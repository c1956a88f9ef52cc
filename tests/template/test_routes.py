"""The API's routes, the schedules, and two stacks in one account."""

import json
import re

import pytest

from sandbox.aws.template import Template
from tests.template.expanded import ROOT, ROUTES, of_type, template

__all__ = ["template"]


def test_the_api_has_exactly_these_routes(template: Template) -> None:
    assert {(route.method, route.path, route.function) for route in template.routes} == {
        ("POST", "/hooks/{connection}", "WebhookIntake"),
        ("POST", "/hooks/{connection}/token/{token}", "WebhookIntake"),
        ("PUT", "/hooks/{connection}/token/{token}", "WebhookIntake"),
        ("DELETE", "/hooks/{connection}/token/{token}", "WebhookIntake"),
        ("POST", "/hooks/{connection}/office", "WebhookIntake"),
        ("POST", "/hooks/{connection}/office/token/{token}", "WebhookIntake"),
        ("GET", "/hooks/{connection}/app/register", "AppRegistration"),
        ("POST", "/hooks/{connection}/app/confirm", "AppRegistration"),
    }


def test_a_name_of_its_own_leads_to_the_api_and_is_what_functions_tell_shops(template: Template) -> None:
    (domain,) = of_type(template, "AWS::ApiGatewayV2::DomainName").values()
    (mapping,) = of_type(template, "AWS::ApiGatewayV2::ApiMapping").values()
    assert (domain["DomainName"], mapping["ApiId"]) == ({"Ref": "WebhookDomain"}, {"Ref": "Api"})
    assert mapping["Stage"]["Ref"] in dict(template.of_type("AWS::ApiGatewayV2::Stage"))
    told = template.body["Outputs"]["PublicUrl"]["Value"]
    assert told["Fn::If"][:2] == ["HasWebhookDomain", {"Fn::Sub": "https://${WebhookDomain}"}]
    functions = of_type(template, "AWS::Lambda::Function").values()
    addresses = [each["Environment"]["Variables"].get("SHOPBRIDGE_PUBLIC_URL") for each in functions]
    assert [address for address in addresses if address] == [told, told]


@pytest.mark.parametrize("kind", ["DomainName", "ApiMapping"])
def test_without_a_name_there_is_no_domain(template: Template, kind: str) -> None:
    resources = template.body["Resources"].values()
    assert [each["Condition"] for each in resources if each["Type"] == f"AWS::ApiGatewayV2::{kind}"] == [
        "HasWebhookDomain"
    ]


def test_a_function_knows_exactly_the_routes_that_lead_to_it(template: Template) -> None:
    for function in ("WebhookIntake", "AppRegistration"):
        code = (ROOT / template.functions[function].module.replace(".", "/")).with_suffix(".py").read_text()
        keys = {f"{route.method} {route.path}" for route in template.routes if route.function == function}
        assert set(re.findall(r'^    "(.+)": \w+,$', code, re.MULTILINE)) == keys


def test_each_route_has_a_limit_of_its_own(template: Template) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    limits = {key: (each["ThrottlingRateLimit"], each["ThrottlingBurstLimit"]) for key, each in stage[ROUTES].items()}
    assert limits == {
        "POST /hooks/{connection}": (100, 200),
        "POST /hooks/{connection}/token/{token}": (20, 40),
        "PUT /hooks/{connection}/token/{token}": (20, 40),
        "DELETE /hooks/{connection}/token/{token}": (5, 10),
        "POST /hooks/{connection}/office": (20, 40),
        "POST /hooks/{connection}/office/token/{token}": (20, 40),
        "GET /hooks/{connection}/app/register": (5, 10),
        "POST /hooks/{connection}/app/confirm": (5, 10),
    }
    assert set(limits) == {f"{route.method} {route.path}" for route in template.routes}
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 5
    assert all(each["DetailedMetricsEnabled"] for each in stage[ROUTES].values())


def test_the_access_log_tells_no_path_since_a_token_is_in_it(template: Template) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    told = stage["AccessLogSettings"]
    assert told["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
    assert json.loads(told["Format"]) == {
        "requestId": "$context.requestId",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "sourceIp": "$context.identity.sourceIp",
    }
    name = of_type(template, "AWS::Logs::LogGroup")["AccessLog"]["LogGroupName"]["Fn::Sub"]
    assert name.startswith("/aws/vendedlogs/")


def test_dispatch_runs_every_five_and_every_ten_minutes_and_is_told_which(template: Template) -> None:
    assert {(found.minutes, found.payload, found.function) for found in template.schedules} == {
        (5, '{"every": 5}', "Dispatch"),
        (10, '{"every": 10}', "Dispatch"),
        (5, "{}", "Watch"),
    }


NAMES = re.compile(r"(Name|Path)$")
"""Properties by which a resource is known in the whole account and region."""


NAMES_WITHIN = {"PolicyName", "IndexName", "AttributeName", "MetricName", "StageName", "LayerName", "FieldName"}
"""Names that hold only within their resource, or that carry a version of their own."""


def test_two_stacks_fit_into_one_account(template: Template) -> None:
    """Nothing has a name of its own that does not carry the stack's: CloudFormation makes unique ones."""
    named = [
        (kind, name, value)
        for kind in sorted({found["Type"] for found in template.body["Resources"].values()})
        for _, found in template.of_type(kind)
        for name, value in found.get("Properties", {}).items()
        if NAMES.search(name) and name not in NAMES_WITHIN and (isinstance(value, str) or "Fn::Sub" in value)
    ]
    assert [each for each in named if "AWS::StackName" not in json.dumps(each)] == []
    assert len(named) > 5
