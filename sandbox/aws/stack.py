"""Creates the translated template in moto, through CloudFormation, and reads back what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from sandbox.aws.moto import ACCOUNT, EMBEDDED, REGION
from sandbox.aws.template import Template


@dataclass(frozen=True)
class Cloud:
    """Makes the clients with which the embedded AWS itself, or a person, looks into moto."""

    url: str

    def client(self, service: str) -> Any:
        """A boto3 client whose calls are not counted as the handlers'."""
        session = boto3.Session(aws_access_key_id=EMBEDDED, aws_secret_access_key="sandbox", region_name=REGION)
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]  # any service


@dataclass(frozen=True)
class Stack:
    """A created stack: physical names by logical id, and each function's resolved environment."""

    names: Mapping[str, str]
    environments: Mapping[str, Mapping[str, str]]


def create_stack(cloud: Cloud, name: str, template: Template, parameters: Mapping[str, str], public_url: str) -> Stack:
    """Create it and wait until it is there."""
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template.for_moto(public_url)),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    # moto gives layers no physical id, and policies of roles no id at all.
    named = (found for found in resources if "LogicalResourceId" in found)
    names = {found["LogicalResourceId"]: found.get("PhysicalResourceId", "") for found in named}
    client = cloud.client("lambda")
    return Stack(names, {function: _environment(client, names[function]) for function in template.functions})


def complete(cloud: Cloud, name: str, template: Template, stack: Stack) -> None:
    """Let whoever asks see what moto's CloudFormation passes over."""
    _create_schedules(cloud, name, template, stack)
    dynamodb = cloud.client("dynamodb")
    for table, found in template.of_type("AWS::DynamoDB::Table"):
        if asked := found["Properties"].get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=stack.names[table], PointInTimeRecoverySpecification=asked)


def _create_schedules(cloud: Cloud, name: str, template: Template, stack: Stack) -> None:
    """They call nothing: ticks are this package's own."""
    client = cloud.client("scheduler")
    for schedule in template.schedules:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{stack.names[schedule.function]}"
        client.create_schedule(
            Name=f"{name}-{schedule.name}",
            ScheduleExpression=f"rate({schedule.minutes} minutes)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/schedules", "Input": schedule.payload},
        )


def _environment(client: Any, name: str) -> Mapping[str, str]:
    configuration = client.get_function_configuration(FunctionName=name)
    found: Mapping[str, object] = configuration.get("Environment", {}).get("Variables", {})
    return {variable: str(value) for variable, value in found.items()}  # moto keeps the default of a Number as one
