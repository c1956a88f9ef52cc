"""A sample stack on the embedded AWS, for each module that calls it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from sandbox.aws.activity import Activity
from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.moto import MotoProcess

SAMPLE = Path(__file__).parent / "sample_stack" / "template.yaml"


@pytest.fixture(scope="module")
def running(moto: MotoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    activity = Activity(tmp_path_factory.mktemp("build") / "activity.jsonl")
    # A worker may come to this module twice, and moto keeps the first stack.
    name = f"sample-{uuid4().hex[:8]}"
    with EmbeddedAws(SAMPLE, name, {"Greeting": "Hallo"}, activity=activity, moto=moto) as aws:
        yield aws


@pytest.fixture
def aws(running: EmbeddedAws) -> Iterator[EmbeddedAws]:
    running.crashes.clear()
    yield running
    sqs = running.cloud.client("sqs")
    for queue in ("Queue", "Dead", "WholeQueue"):
        sqs.purge_queue(QueueUrl=running.stack.names[queue])


@pytest.fixture
def http(aws: EmbeddedAws) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=aws.api_url) as client:
        yield client
