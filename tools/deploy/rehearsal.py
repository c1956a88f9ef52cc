"""Rehearses a deployment with the real `sam`, against moto's CloudFormation: made, updated, rolled back, removed.

What moto does not do is done here: it expands the template as CloudFormation's macro does, and runs the operations
function in this process, so that login and doctor speak with what was deployed.
"""

import json
import logging
import os
import re
import subprocess
import tarfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
import moto.awslambda.models
import moto.cloudformation.models
import moto.cloudformation.responses
from moto.server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

from sandbox.aws.environment import endpoints, environment
from sandbox.aws.moto import REGION
from sandbox.aws.template import expand
from shopbridge_cli.profiles import config_file
from tools.deploy.__main__ import deploy
from tools.deploy.answers import keep, read

STACK, EMAIL = "shopbridge-rehearsal", "operator@example.com"
MANAGED = "aws-sam-cli-managed-default"
"""The stack with the bucket for what `sam` uploads; moto would make it without the tags that `sam` looks for."""


class FailedError(Exception):
    """The rehearsal shows that a deployment would not go as it should."""


def main() -> None:
    """Play a deployment's life. Raises FailedError where it goes wrong."""
    warnings.simplefilter("ignore")
    for name in ("werkzeug", "moto"):  # the latter names whatever it passes over: routes, schedules, dashboards
        logging.getLogger(name).setLevel(logging.ERROR)
    with TemporaryDirectory() as folder, cloud(), _release_before() as before:
        file = Path(folder) / "deployments.json"
        os.environ["XDG_CONFIG_HOME"] = folder  # where the login is kept
        _bucket()
        with chdir(before):
            deploy("dev", {"stack": STACK, "region": REGION, "email": EMAIL}, file)
        _expect("the login is kept", config_file().exists(), wanted=True)
        made, first = _judge("CREATE_COMPLETE", {"AlarmEmail": EMAIL, "LogLevel": "DEBUG"}), _template()
        changed = {"AlarmEmail": EMAIL, "LogLevel": "WARN"}
        keep("dev", replace(read("dev", file), parameters={"LogLevel": "WARN"}), file)
        deploy("dev", {}, file)
        _expect("tables are the same after the update", _judge("UPDATE_COMPLETE", changed), made)
        _expect("the update is of another template", _template() == first, wanted=False)
        with chdir(before):
            deploy("dev", {}, file)
        _expect("tables are the same after the way back", _judge("UPDATE_COMPLETE", changed), made)
        _expect("the release before is back", _template(), first)
        _remove()
        _expect("tables outlive the stack", sorted(_tables()), sorted(made))
    print("✓ Made, brought up to date, rolled back and removed, with the tables kept.")


@contextmanager
def _release_before() -> Iterator[Path]:
    """The project as it is committed, with a template of before: dispatch had less memory."""
    packed = subprocess.run(("git", "archive", "HEAD"), check=True, capture_output=True)  # noqa: S607 - ours
    with TemporaryDirectory() as folder, tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
        template = Path(folder) / "template.yaml"
        before, changes = re.subn(r"MemorySize: 1769\b", "MemorySize: 512", template.read_text())
        _expect("memory sizes to be changed", changes, 1)
        template.write_text(before)
        yield Path(folder)


def _template() -> str:
    """What the stack is made from, but for where `sam` has uploaded code to."""
    body = boto3.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    return re.sub(r"[0-9a-f]{32}", "", json.dumps(body, sort_keys=True))


def _bucket() -> None:
    body = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"SourceBucket": {"Value": {"Ref": "Bucket"}}},
    }
    tags = [{"Key": "ManagedStackSource", "Value": "AwsSamCli"}]
    boto3.client("cloudformation").create_stack(StackName=MANAGED, TemplateBody=json.dumps(body), Tags=tags)


def _judge(status: str, parameters: Mapping[str, str]) -> Sequence[str]:
    """The stack's tables, once it is as it should be."""
    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    _expect("the stack's state", stack["StackStatus"], status)
    found = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    _expect("parameters", {name: found.get(name) for name in parameters}, parameters)
    return _tables()


def _tables() -> Sequence[str]:
    return boto3.client("dynamodb").list_tables()["TableNames"]


def _remove() -> None:
    command = ("sam", "delete", "--stack-name", STACK, "--region", REGION, "--no-prompts")
    subprocess.run(command, check=True, env={**os.environ, "SAM_CLI_TELEMETRY": "0"})  # noqa: S603 - ours


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise FailedError(f"{what}: {found!r} instead of {wanted!r}")


@contextmanager
def cloud() -> Iterator[None]:
    """Serve AWS on loopback for as long as the block runs, and point this process at it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with (
        patch.object(moto.cloudformation.responses.CloudFormationResponse, "_get_stack_from_s3_url", _uploaded),
        patch.object(moto.cloudformation.models.CloudFormationBackend, "create_change_set", _expanding()),
        patch.object(moto.cloudformation.models.CloudFormationBackend, "execute_change_set", _telling()),
        patch.object(moto.awslambda.models.LambdaBackend, "invoke", _running()),
    ):
        server.start()
        host, port = server.get_host_and_port()
        try:
            with environment({**endpoints(f"http://{host}:{port}", f"http://{host}:{port}"), "NO_COLOR": "1"}):
                yield
        finally:
            server.stop()


def _uploaded(_: Any, url: str) -> str:
    """What `sam` uploaded; moto would look for it at the hosts of the real S3."""
    bucket, _, key = urlsplit(url).path.lstrip("/").partition("/")
    return str(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read(), "utf-8")


def _expanding() -> Any:
    original = moto.cloudformation.models.CloudFormationBackend.create_change_set

    def create_change_set(backend: Any, *given: Any, **named: Any) -> Any:
        source = yaml_parse(named["template"])
        if "Transform" in source:
            named["template"] = json.dumps(_for_moto(expand(source, named["parameters"])))
        return original(backend, *given, **named)

    return create_change_set


def _for_moto(body: dict[str, Any]) -> dict[str, Any]:
    """What its updates stumble over: layers that functions name, and policies that a condition leaves out."""
    kept = {name: found for name, found in body["Resources"].items() if found["Type"] != "AWS::IAM::Policy"}
    for resource in kept.values():
        resource.get("Properties", {}).pop("Layers", None)
    return {**body, "Resources": kept}


def _telling() -> Any:
    original = moto.cloudformation.models.CloudFormationBackend.execute_change_set

    def execute_change_set(backend: Any, change_set_name: str, stack_name: str) -> None:
        original(backend, change_set_name, stack_name)
        stack = backend.get_stack(stack_name)
        # moto reads outputs only of stacks that are made without a change set
        stack._parse_template()  # noqa: SLF001
        stack.output_map = stack._create_output_map()  # noqa: SLF001

    return execute_change_set


def _running() -> Any:
    def invoke(backend: Any, function_name: str, _: Any, body: Any, *__: Any) -> bytes:
        function = backend.get_function(function_name)
        with environment({**os.environ, **{name: str(value) for name, value in function.environment_vars.items()}}):
            app = import_module(f"functions.{function.environment_vars['SHOPBRIDGE_SERVICE']}.app")
            return json.dumps(app.handler(json.loads(body), _Context())).encode()

    return invoke


class _Context:
    """What a handler asks its context for."""

    aws_request_id = "rehearsal"

    def get_remaining_time_in_millis(self) -> int:
        """Two minutes, as the template gives."""
        return 120_000


if __name__ == "__main__":
    main()
