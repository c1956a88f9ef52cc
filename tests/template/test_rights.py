"""Who may do what: each role names its resources and actions, and none has more."""

import json
from collections.abc import Iterator

import pytest

from sandbox.aws.template import Template
from tests.template.expanded import OF_VIEWERS, QUEUES, Properties, listed, of_type, rights, template

__all__ = ["template"]

WITHOUT_RESOURCES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "scheduler:ListSchedules"}
"""Actions for which AWS knows no resource to name (service authorization reference)."""


def statements(template: Template) -> Iterator[Properties]:
    for role in of_type(template, "AWS::IAM::Role").values():
        for policy in role.get("Policies", []):
            yield from listed(policy["PolicyDocument"]["Statement"])
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        for policy in of_type(template, kind).values():
            yield from listed(policy["PolicyDocument"]["Statement"])


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
