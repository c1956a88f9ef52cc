"""Queues, tables and functions as template.yaml makes them, on what SAM makes of it."""

import json
import re
from dataclasses import fields

import pytest

from sandbox.aws.template import Template
from shopbridge.store.connections.settings import INTERVALS
from shopbridge.store.environment import Environment, is_required, variable_of
from tests.template.expanded import QUEUES, RESERVED, ROOT, of_type, rights, template
from tools.tables_template import tables_template

__all__ = ["template"]


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
        assert function["LoggingConfig"]["SystemLogLevel"] == "WARN"
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
