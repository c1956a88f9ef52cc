"""Creates the translated template in moto, through CloudFormation, and reads back what came of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from sandbox.aws.moto import EMBEDDED, REGION
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
    """A created stack: physical names by logical id, and the functions' resolved environment."""

    names: Mapping[str, str]
    environment: Mapping[str, str]


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
    names = {found["LogicalResourceId"]: found["PhysicalResourceId"] for found in resources}
    return Stack(names, dict(_environment(cloud, template, names)))


_OWN = "POWERTOOLS_SERVICE_NAME"
"""The one variable in which functions differ; here they share a process, so it stays unset."""


def _environment(cloud: Cloud, template: Template, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """All functions' variables together.

    Raises:
        ValueError: Two functions want different values, which one process cannot give them.
    """
    client, seen = cloud.client("lambda"), dict[str, str]()
    for function in template.functions:
        configuration = client.get_function_configuration(FunctionName=names[function])
        for key, value in configuration.get("Environment", {}).get("Variables", {}).items():
            if key != _OWN and seen.setdefault(key, value) != value:
                raise ValueError(f"{key} differs between functions; the embedded AWS cannot serve that")
    yield from seen.items()
