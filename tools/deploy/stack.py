"""What AWS says: whose account this is, and what became of the stack."""

from collections.abc import Mapping
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import ConnectionError as Unreachable


class NotAnsweredError(Exception):
    """AWS does not let us in, or cannot be reached; the message says what to do."""


@dataclass(frozen=True)
class Identity:
    """Who we are in AWS."""

    account: str
    arn: str


def default_region() -> str:
    """The region that AWS's own settings name; empty where they name none."""
    return boto3.Session().region_name or ""


def identity(region: str) -> Identity:
    """Ask AWS whose credentials these are. Raises NotAnsweredError without any, and where nobody answers."""
    try:
        found = boto3.client("sts", region_name=region).get_caller_identity()
    except Unreachable as error:
        raise NotAnsweredError(f"AWS cannot be reached: {error}. Check the network and the region's name.") from error
    except (BotoCoreError, ClientError) as error:
        raise NotAnsweredError(
            f"AWS does not let us in: {error}. Set AWS_PROFILE, or log in as `aws sso login` or `aws configure` do."
        ) from error
    return Identity(found["Account"], found["Arn"])


def outputs(stack: str, region: str) -> Mapping[str, str]:
    """Return the stack's outputs, by key. Raises NotAnsweredError where there is no such stack."""
    try:
        found = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)["Stacks"][0]
    except (BotoCoreError, ClientError) as error:
        raise NotAnsweredError(f"The stack {stack} cannot be read: {error}.") from error
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
