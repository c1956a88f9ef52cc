"""The log on the embedded AWS: what functions wrote is read under the rights of template.yaml, and told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.environment import endpoints
from shopbridge_cli.app import app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ROOT / "template.yaml") as aws:
        aws.tick(10)
        aws.publish_activity()
        yield aws


def test_an_operator_reads_what_functions_wrote(aws: EmbeddedAws) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    answer = aws.invoke("Operations", {"operation": "log", "since": since})
    assert answer["ok"], answer
    written = [line["event"] for line in aws.activity.events() if line.get("event")]
    assert sorted(line["event"] for line in answer["result"]["lines"]) == sorted(written)
    assert written
    later = {"operation": "log", "since": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    assert aws.invoke("Operations", later)["result"] == {"lines": [], "next": ""}


def test_the_command_reads_it_too(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in endpoints(aws.moto_url, aws.lambda_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told = CliRunner().invoke(app, ["logs", "--since", "1h", "--function", aws.stack.names["Operations"]])
    assert told.exit_code == 0, told.output
    assert "watched" in told.stdout
