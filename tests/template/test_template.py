"""The promises template.yaml makes, checked on what SAM makes of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from benchmarks.orders.dollars import assumed
from sandbox.aws.template import Template, read_template
from shopbridge.desk.widgets import VIEWS
from shopbridge.flows.schedule import COUNTS
from shopbridge.flows.telling.measures import MEASURES
from shopbridge.store.connections import INTERVALS
from shopbridge.store.environment import Environment, is_required, variable_of
from shopbridge_cli.app import app
from tools.tables_template import tables_template

ROOT = Path(__file__).parents[2]
Properties = dict[str, Any]

QUEUES = {"OrderQueue", "PollQueue", "BackfillQueue", "StockQueue", "ProductQueue"}
METRICS = "SHOPBRIDGE_METRIC_NAMESPACE"
RESERVED, ROUTES = "ReservedConcurrentExecutions", "RouteSettings"
WITHOUT_RESOURCES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "scheduler:ListSchedules"}
"""Actions for which AWS knows no resource to name (service authorization reference)."""
OF_VIEWERS = {
    *("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListDashboards"),
    *("logs:DescribeLogGroups", "logs:GetQueryResults"),
}
"""What a person needs for the other widgets: AWS knows no resource for it, or the console asks for all."""
ONE_PROCESSOR = 1769
"""MB of a function that has a whole one (AWS Lambda developer guide, memory)."""
WIDGETS = {"WatchWidgets": "WatchViewers", "DeskWidgets": "DeskOperators"}
"""Functions that serve the dashboards' widgets, with the policy for people that lets them be invoked."""


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "template.yaml", {})


def of_type(template: Template, kind: str) -> dict[str, Properties]:
    return {name: found["Properties"] for name, found in template.of_type(kind)}


def statements(template: Template) -> Iterator[Properties]:
    for role in of_type(template, "AWS::IAM::Role").values():
        for policy in role.get("Policies", []):
            yield from listed(policy["PolicyDocument"]["Statement"])
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        for policy in of_type(template, kind).values():
            yield from listed(policy["PolicyDocument"]["Statement"])


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


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- queues -------------------------------------------------------------------------------------------------------


def test_exactly_these_queues_feed_functions(template: Template) -> None:
    assert {mapping.queue for mapping in template.source_mappings} == QUEUES


@pytest.mark.parametrize("queue", sorted(QUEUES))
def test_a_queue_gives_up_after_twenty_tries_to_dead_letters_that_are_kept_longer(
    template: Template, queue: str
) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    redrive = queues[queue]["RedrivePolicy"]
    dead = queues[redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]]
    assert redrive["maxReceiveCount"] == 20
    assert dead["MessageRetentionPeriod"] == 14 * 86400 > queues[queue]["MessageRetentionPeriod"]


def test_every_queue_is_encrypted(template: Template) -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type(template, "AWS::SQS::Queue").values())


def test_visibility_is_at_least_six_times_the_time_out_of_the_reader(template: Template) -> None:
    queues, functions = of_type(template, "AWS::SQS::Queue"), of_type(template, "AWS::Lambda::Function")
    for mapping in template.source_mappings:
        assert queues[mapping.queue]["VisibilityTimeout"] >= 6 * functions[mapping.function]["Timeout"]


def test_every_mapping_reports_partial_failures_and_bounds_its_concurrency(template: Template) -> None:
    for _, mapping in template.mapping_resources():
        assert mapping["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]


def test_no_message_waits_for_another_ones_platform_in_a_batch(template: Template) -> None:
    assert {mapping.batch_size for mapping in template.source_mappings} == {1}


def test_backfill_is_a_narrow_lane_of_its_own(template: Template) -> None:
    lanes = {
        found["Properties"]["EventSourceArn"]["Fn::GetAtt"][0]: found["Properties"]["ScalingConfig"]
        for _, found in template.mapping_resources()
    }
    assert lanes["BackfillQueue"] == {"MaximumConcurrency": 2}


@pytest.mark.parametrize("function", ["OrderPoll", "OrderImport", "StockPush", "ProductSync"])
def test_a_function_that_feeds_its_own_queue_is_allowed_to_loop(template: Template, function: str) -> None:
    assert of_type(template, "AWS::Lambda::Function")[function]["RecursiveLoop"] == "Allow"
    for queue in {mapping.queue for mapping in template.source_mappings if mapping.function == function}:
        assert ("sqs:SendMessage", queue) in rights(template, f"{function}Role")


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["ConnectionsTable", "StateTable"])
def test_a_table_survives_its_stack_and_its_mistakes(template: Template, table: str) -> None:
    resource = dict(template.of_type("AWS::DynamoDB::Table"))[table]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert resource["Properties"]["DeletionProtectionEnabled"] is True
    assert resource["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert resource["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert resource["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_new_stack_can_take_over_tables_that_are_there(template: Template) -> None:
    made = tables_template()
    assert made["Resources"] == dict(template.of_type("AWS::DynamoDB::Table"))
    assert set(made["Resources"]) == {"ConnectionsTable", "StateTable"}
    assert not re.findall(r"Fn::|Ref\b|DependsOn|TableName", json.dumps(made))
    assert "Transform" not in made


def test_the_schedule_s_index_holds_every_interval_so_that_a_tick_reads_nothing_else(template: Template) -> None:
    (index,) = of_type(template, "AWS::DynamoDB::Table")["ConnectionsTable"]["GlobalSecondaryIndexes"]
    assert set(index["Projection"]["NonKeyAttributes"]) == set(INTERVALS)


def test_only_the_state_may_forget(template: Template) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")
    assert tables["StateTable"]["TimeToLiveSpecification"] == {"AttributeName": "forget_at", "Enabled": True}
    assert "TimeToLiveSpecification" not in tables["ConnectionsTable"]


# --- functions ----------------------------------------------------------------------------------------------------


def test_there_is_one_function_for_each_step(template: Template) -> None:
    steps = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {spec.module for spec in template.functions.values()} == {f"functions.{step}.app" for step in steps}


def test_every_function_has_a_time_out_and_runs_on_arm(template: Template) -> None:
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert function["Timeout"] <= 900
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])


def test_webhooks_are_answered_before_the_caller_gives_up(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    assert all(functions[name]["Timeout"] <= 10 for name in ("WebhookIntake", "AppRegistration"))


def test_the_intake_has_executions_set_aside_where_an_account_allows_it(template: Template) -> None:
    chosen = {"Fn::If": ["HasIntakeConcurrency", {"Ref": "IntakeConcurrency"}, {"Ref": "AWS::NoValue"}]}
    functions = of_type(template, "AWS::Lambda::Function")
    assert {name: found["ReservedConcurrentExecutions"] for name, found in functions.items() if RESERVED in found} == {
        "WebhookIntake": chosen
    }
    assert template.body["Parameters"]["IntakeConcurrency"]["Default"] == 0
    assert template.body["Conditions"]["HasIntakeConcurrency"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "IntakeConcurrency"}, 0]}]
    }


def test_every_function_logs_as_json_to_the_activity_log_which_forgets(template: Template) -> None:
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": "ActivityLog"}
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
    group = of_type(template, "AWS::Logs::LogGroup")["ActivityLog"]
    assert group["RetentionInDays"] == {"Ref": "ActivityRetentionDays"}


def test_every_log_forgets(template: Template) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    assert set(groups) == {"ActivityLog", "AccessLog"}
    assert groups["AccessLog"]["RetentionInDays"] == 30
    assert all(group["RetentionInDays"] for group in groups.values())


def test_the_activity_log_masks_what_aws_knows_to_identify_a_buyer(template: Template) -> None:
    group = of_type(template, "AWS::Logs::LogGroup")["ActivityLog"]
    audit, mask = group["DataProtectionPolicy"]["Statement"]
    assert audit["Operation"] == {"Audit": {"FindingsDestination": {}}}
    assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}
    assert audit["DataIdentifier"] == mask["DataIdentifier"], "AWS refuses a policy whose lists differ"
    names = {arn.removeprefix("arn:aws:dataprotection::aws:data-identifier/") for arn in mask["DataIdentifier"]}
    countries = ("DE", "ES", "FR", "GB", "IT")
    assert names == {
        "EmailAddress",
        *(f"{it}-{land}" for it in ("BankAccountNumber", "PhoneNumber") for land in countries),
    }


def test_every_function_has_the_variables_the_code_cannot_do_without(template: Template) -> None:
    required = {variable_of(each.name) for each in fields(Environment) if is_required(each)}
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert required <= set(function["Environment"]["Variables"])


def test_every_variable_the_code_names_is_set_somewhere_and_none_is_set_in_vain(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function").values()
    given = {name for function in functions for name in function["Environment"]["Variables"]}
    named = {variable_of(each.name) for each in fields(Environment)}
    assert named <= given
    assert given - named == {"PYDANTIC_DISABLE_PLUGINS"}  # read by pydantic itself


def test_no_variable_of_a_function_is_a_secret(template: Template) -> None:
    """Variables are readable by whoever may look at the function: they name things, and hold plain switches."""
    for function in of_type(template, "AWS::Lambda::Function").values():
        given = function["Environment"]["Variables"]
        plain = {name for name, value in given.items() if isinstance(value, str) and value}
        assert plain <= {"SHOPBRIDGE_SERVICE", "PYDANTIC_DISABLE_PLUGINS"}
        assert not [name for name in given if re.search(r"SECRET|PASSWORD|TOKEN|CREDENTIAL|_KEY$", name)]


def test_each_function_says_its_own_name(template: Template) -> None:
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        service = function["Environment"]["Variables"]["SHOPBRIDGE_SERVICE"]
        assert template.functions[name].module == f"functions.{service}.app"


def test_the_sandbox_switch_is_off(template: Template) -> None:
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["SHOPBRIDGE_SANDBOX"] == ""


# --- rights -------------------------------------------------------------------------------------------------------


def test_rights_name_their_resource(template: Template) -> None:
    for statement in statements(template):
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCES | OF_VIEWERS


def test_rights_name_their_actions_and_no_function_may_scan(template: Template) -> None:
    actions = {action for statement in statements(template) for action in listed(statement["Action"])}
    assert not [action for action in actions if "*" in action]
    assert "dynamodb:Scan" not in actions


def test_no_role_has_a_policy_that_aws_manages(template: Template) -> None:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        attached = role.get("ManagedPolicyArns", [])
        assert attached in ([{"Ref": "WriteActivity"}], []), name


def test_functions_do_not_share_roles(template: Template) -> None:
    roles = [json.dumps(function["Role"]) for function in of_type(template, "AWS::Lambda::Function").values()]
    assert len(set(roles)) == len(roles)


@pytest.mark.parametrize(
    ("role", "queues"),
    [
        ("WebhookIntakeRole", {"OrderQueue", "PollQueue"}),
        ("AppRegistrationRole", {"PollQueue"}),
        ("DispatchRole", {"PollQueue", "StockQueue", "ProductQueue"}),
        ("OrderPollRole", {"OrderQueue", "BackfillQueue", "PollQueue", "ProductQueue"}),
        ("OrderImportRole", {"StockQueue", "OrderQueue", "BackfillQueue"}),
        ("StockPushRole", {"StockQueue"}),
        ("ProductSyncRole", {"ProductQueue", "StockQueue", "PollQueue"}),
        ("OperationsRole", QUEUES - {"BackfillQueue"}),
        ("WatchWidgetsRole", set()),
        ("DeskWidgetsRole", QUEUES - {"BackfillQueue"}),
    ],
)
def test_a_function_may_send_to_exactly_the_queues_it_feeds(template: Template, role: str, queues: set[str]) -> None:
    assert {queue for action, queue in rights(template, role) if action == "sqs:SendMessage"} == queues


def test_exactly_the_functions_that_end_runs_and_the_watch_may_tell_people(template: Template) -> None:
    told = {
        name
        for name, role in of_type(template, "AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "sns:Publish" and statement["Resource"] == {"Ref": "AlarmTopic"}
    }
    working = {"OrderPollRole", "StockPushRole", "ProductSyncRole", "OperationsRole", "DeskWidgetsRole"}
    assert told == {"WatchRole", *working}


def test_mail_may_be_sent_by_the_import_alone_and_only_where_a_sender_is_named(template: Template) -> None:
    of_mail = [each for each in statements(template) if "ses:" in json.dumps(each)]
    policies = dict(template.of_type("AWS::IAM::Policy"))
    assert {policy["Condition"] for policy in policies.values()} == {"HasMailIdentity"}
    held = {role["Ref"]: each["Properties"] for each in policies.values() for role in each["Properties"]["Roles"]}
    allowed = {role: policy["PolicyDocument"]["Statement"] for role, policy in held.items()}
    assert {role: [each["Action"] for each in found] for role, found in allowed.items()} == {
        "OrderImportRole": ["ses:SendEmail"],
        "OperationsRole": ["ses:GetEmailIdentity"],
        "DeskWidgetsRole": ["ses:GetEmailIdentity"],
    }
    assert len(of_mail) == len(policies)
    for statement in of_mail:
        assert "identity/${MailIdentity}" in json.dumps(statement["Resource"])
    assert template.body["Parameters"]["MailIdentity"]["Default"] == ""


def test_no_function_has_an_address_of_its_own(template: Template) -> None:
    assert not of_type(template, "AWS::Lambda::Url")


# --- routes and schedules -------------------------------------------------------------------------------------------


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


# --- watching -------------------------------------------------------------------------------------------------------


def test_every_alarm_says_what_to_do_and_tells_whoever_is_named(template: Template) -> None:
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        assert "Fix: " in alarm["AlarmDescription"]
        told = [{"Ref": "AlarmTopic"}]
        assert (alarm["AlarmActions"], alarm["OKActions"]) == (told, told)


COMMANDS = set(vars(typer.main.get_command(app))["commands"])
CONSOLE = ("Service Quotas", "SQS console", "EventBridge Scheduler console", "saved query of errors")


def test_every_alarm_names_what_to_type_or_where_to_look_and_when_it_clears(template: Template) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert len(alarms) == 15
    for name, alarm in alarms.items():
        text = alarm["AlarmDescription"]
        assert len(text) <= 1024, "CloudWatch takes no more"
        fix = text.partition("Fix: ")[2]
        commands = re.findall(r"`shopbridge (\w+)[^`]*`", fix)
        assert set(commands) <= COMMANDS, name
        assert commands or [place for place in CONSOLE if place in fix], name
        assert re.search(r"\bclears\b", fix), name


def test_an_alarm_clears_only_when_what_it_rang_for_is_over(template: Template) -> None:
    """What lasts is counted at every look; what happens once comes back within the longest time a message hides."""
    alarms, queues = of_type(template, "AWS::CloudWatch::Alarm"), of_type(template, "AWS::SQS::Queue")
    longest = max(queue.get("VisibilityTimeout", 0) for queue in queues.values())
    for name in ("UnfinishedWorkAlarm", "BugAlarm"):
        assert alarms[name]["DatapointsToAlarm"] == 1
        assert alarms[name]["EvaluationPeriods"] * 300 >= longest
    lasting = {name for name, alarm in alarms.items() if alarm["TreatMissingData"] == "ignore"}
    counted = {alarm["MetricName"] for name, alarm in alarms.items() if name in lasting}
    filters = of_type(template, "AWS::Logs::MetricFilter").values()
    assert counted == {
        each["MetricTransformations"][0]["MetricName"] for each in filters if '"watched"' in each["FilterPattern"]
    }
    # A queue tells no figure once it was empty and unused for six hours: the others' must count all the same.
    (sum_of,) = [part["Expression"] for part in alarms["DeadLettersAlarm"]["Metrics"] if "Expression" in part]
    assert sum_of == "SUM(FILL(METRICS(), 0))"


def watched(template: Template, alarm: str) -> set[tuple[str, str]]:
    """The metrics of an alarm that calculates, with the logical ids of what they are of."""
    parts = of_type(template, "AWS::CloudWatch::Alarm")[alarm]["Metrics"]
    metrics = [part["MetricStat"]["Metric"] for part in parts if "MetricStat" in part]
    assert [part["Expression"] for part in parts if part.get("ReturnData", True)], "something has to ring"
    assert len(metrics) <= 10, "CloudWatch takes no more in one alarm"
    values = [metric["Dimensions"][0]["Value"] for metric in metrics]
    of = [value.get("Ref") or value["Fn::GetAtt"][0] for value in values]
    return {(metric["MetricName"], name) for metric, name in zip(metrics, of, strict=True)}


def test_dead_letters_of_every_queue_ring(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    dead = {queues[queue]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for queue in QUEUES}
    assert watched(template, "DeadLettersAlarm") == {("ApproximateNumberOfMessagesVisible", queue) for queue in dead}


def test_a_queue_that_is_emptied_faster_by_a_parameter_rings_when_its_messages_get_old(template: Template) -> None:
    """Nobody could do anything about another one: its office's limit is used up. Late polls ring as stale already."""
    aged = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "ApproximateAgeOfOldestMessage"
    }
    bounds = {
        found["EventSourceArn"]["Fn::GetAtt"][0]: found["ScalingConfig"]["MaximumConcurrency"]
        for found in (mapping["Properties"] for _, mapping in template.mapping_resources())
    }
    assert aged == {queue for queue, bound in bounds.items() if isinstance(bound, dict)} - {"PollQueue"}


def test_a_function_that_aws_would_not_run_rings_an_alarm(template: Template) -> None:
    """An alarm takes ten metrics; who looks at a widget sees at once that it was not run."""
    every = set(of_type(template, "AWS::Lambda::Function")) - set(WIDGETS)
    assert watched(template, "ThrottledFunctionsAlarm") == {("Throttles", function) for function in every}


def test_a_function_that_ends_before_its_work_is_done_rings_an_alarm_or_tells_its_caller(template: Template) -> None:
    """What a route leads to answers 5xx then, and an operator sees it at once."""
    workers = {mapping.function for mapping in template.source_mappings}
    ticking = {schedule.function for schedule in template.schedules}
    called = {route.function for route in template.routes}
    assert watched(template, "UnfinishedWorkAlarm") == {("Errors", function) for function in workers}
    assert watched(template, "ScheduleAlarm") == {
        (metric, function) for metric in ("Invocations", "Errors") for function in ticking
    }
    assert of_type(template, "AWS::CloudWatch::Alarm")["WebhookIntakeAlarm"]["MetricName"] == "5xx"
    assert workers | ticking | called | {"Operations", *WIDGETS} == set(of_type(template, "AWS::Lambda::Function"))


def test_a_schedule_that_is_switched_off_rings_as_one_that_fails(template: Template) -> None:
    """Where one side is missing, CloudWatch calculates nothing: only then is a tick that never came missed."""
    alarm = of_type(template, "AWS::CloudWatch::Alarm")["ScheduleAlarm"]
    (expression,) = [part["Expression"] for part in alarm["Metrics"] if "Expression" in part]
    assert expression == "(dispatched - dispatchErrors) * (watched - watchErrors)"
    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")


def test_what_lasts_is_counted_at_every_look_and_its_alarm_lasts_as_long(template: Template) -> None:
    filters = of_type(template, "AWS::Logs::MetricFilter").values()
    counted = [found["MetricTransformations"][0] for found in filters if '"watched"' in found["FilterPattern"]]
    assert {metric["MetricValue"] for metric in counted} == {f"$.{count}" for count in COUNTS}
    alarms = {alarm.get("MetricName"): alarm for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()}
    for metric in counted:
        assert "DefaultValue" not in metric  # a line about something else must not clear it
        assert alarms[metric["MetricName"]]["TreatMissingData"] == "ignore"
        assert alarms[metric["MetricName"]]["Statistic"] == "Maximum"


def test_what_only_the_log_tells_rings_an_alarm(template: Template) -> None:
    counted = {}
    for found in of_type(template, "AWS::Logs::MetricFilter").values():
        (metric,) = found["MetricTransformations"]
        assert found["LogGroupName"] == {"Ref": "ActivityLog"}
        counted[metric["MetricName"]] = (found["FilterPattern"], metric["MetricNamespace"])
    alarms = {
        alarm["MetricName"]: alarm["Namespace"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") in counted
    }
    assert {name: namespace for name, (_, namespace) in counted.items()} == alarms
    code = "".join(path.read_text() for path in (ROOT / "layers/shared/shopbridge").rglob("*.py"))
    for pattern, _ in counted.values():
        (event,) = re.findall(r'\$\.event = ("[a-z_]+")', pattern)
        assert event in code


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
