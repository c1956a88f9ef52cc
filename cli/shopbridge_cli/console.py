"""Where a deployment's dashboards are: an output of the stack that the function belongs to."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shopbridge_cli.client import RefusedError, region_in

VARIABLE = "SHOPBRIDGE_CONSOLE"
"""Where something stands in for the console, as on one machine."""


class Board(StrEnum):
    """Which dashboard; of each the output that has its address, see template.yaml."""

    DESK = "desk"
    WATCH = "watch"


OUTPUTS: Mapping[Board, str] = {Board.DESK: "DeskDashboardLink", Board.WATCH: "WatchDashboardLink"}


def address(function: str, board: Board) -> str:
    """The address of a dashboard.

    Raises:
        RefusedError: AWS does not tell to which stack the function belongs, or that has no such dashboard.
    """
    if os.environ.get(VARIABLE):
        return os.environ[VARIABLE]
    for output in _outputs(function):
        if output.get("OutputKey") == OUTPUTS[board]:
            return str(output["OutputValue"])
    old = f"The stack of {function} has no output {OUTPUTS[board]}: it is of an earlier release. Deploy it anew."
    raise RefusedError(old, kind="not_found")


def _outputs(function: str) -> list[Mapping[str, Any]]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    if not function:
        raise RefusedError("It is open which deployment to open. Log in with `login --stack NAME`.", kind="login")
    name = function.split(":")[6] if region_in(function) else function
    region = region_in(function) or os.environ.get("AWS_REGION")
    try:
        client = boto3.client("cloudformation", region_name=region or None)
        found = client.describe_stack_resources(PhysicalResourceId=name)["StackResources"]
        stack = client.describe_stacks(StackName=found[0]["StackName"])["Stacks"][0]
    except (BotoCoreError, ClientError, ValueError, IndexError) as error:
        why = (
            f"AWS does not tell to which stack {name} belongs: {error}. Open the stack's output {OUTPUTS[Board.DESK]}."
        )
        raise RefusedError(why, kind="login") from error
    return list(stack.get("Outputs", []))
