from pathlib import Path

import pytest

from sandbox.aws.template import Route, Schedule, SourceMapping, Template, _minutes, read_template

SAMPLE = Path(__file__).parent / "sample_stack" / "template.yaml"


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(SAMPLE, {})


def test_routes_are_those_of_the_translated_api(template: Template) -> None:
    assert set(template.routes) == {
        Route("POST", "/greet/{name}", "Greet"),
        Route("GET", "/greet/{name}/{word}", "Greet"),
    }


def test_schedules_know_their_minutes_and_payload(template: Template) -> None:
    assert set(template.schedules) == {
        Schedule("BeatFast", 5, "Beat", '{"every": 5}'),
        Schedule("BeatSlow", 60, "Beat", '{"every": 60}'),
    }


def test_source_mappings_know_queue_batch_and_kind_of_answer(template: Template) -> None:
    assert set(template.source_mappings) == {
        SourceMapping("Queue", "Work", 3, partial_answers=True),
        SourceMapping("WholeQueue", "Work", 3, partial_answers=False),
    }


def test_functions_are_imported_from_where_their_code_uri_says(template: Template) -> None:
    spec = template.functions["Ask"]
    assert (spec.module, spec.attribute, spec.timeout, spec.memory) == ("sample_steps.ask.app", "handler", 7, 256)
    assert SAMPLE.parent in template.code_paths


def test_the_public_url_takes_the_place_of_the_api_gateway_host(template: Template) -> None:
    created = template.for_moto("http://127.0.0.1:5")["Resources"]
    variables = created["Ask"]["Properties"]["Environment"]["Variables"]
    assert variables["SAMPLE_URL"] == "http://127.0.0.1:5/greet"


def test_moto_is_given_no_event_source_mappings_since_it_would_run_them_itself(template: Template) -> None:
    assert not [found for found in template.for_moto("")["Resources"].values() if "Mapping" in found["Type"]]


@pytest.mark.parametrize(
    ("expression", "minutes"), [("rate(1 minute)", 1), ("rate(2 hours)", 120), ("rate(1 day)", 1440)]
)
def test_rates_are_read(expression: str, minutes: int) -> None:
    assert _minutes(expression) == minutes


def test_a_cron_schedule_is_refused_rather_than_forgotten() -> None:
    with pytest.raises(ValueError, match="only rate"):
        _minutes("cron(0 3 * * ? *)")
