"""Every alarm says what to do, rings for what it is about, and clears when that is over."""

import re

import typer

from sandbox.aws.template import Template
from shopbridge.flows.schedule import COUNTS
from shopbridge_cli.app import app
from tests.template.expanded import QUEUES, ROOT, WIDGETS, of_type, template

__all__ = ["template"]


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
