"""Which deployment is asked: profiles that a login keeps, in the user's own configuration folder."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shopbridge_cli.client import FUNCTION_VARIABLE, Operations, RefusedError, region_in

PROFILE_VARIABLE = "SHOPBRIDGE_PROFILE"
DEFAULT = "default"
OUTPUT = "OperationsFunction"
"""Of the stack, see template.yaml."""


@dataclass(frozen=True)
class Profile:
    """One deployment.

    Attributes:
        function: The operations function's ARN or name.
        region: Where it is; empty where the ARN says it.
    """

    function: str
    region: str = ""


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where profiles are kept: below ``XDG_CONFIG_HOME``, else below ``~/.config``."""
    folder = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "shopbridge" / "profiles.json"


def profiles(file: Path) -> dict[str, Profile]:
    """All of them, by name.

    Raises:
        RefusedError: The file cannot be read.
    """
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): Profile(**values) for name, values in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        why = f"The profiles in {file} cannot be read. Mend the file, or remove it and log in."
        raise RefusedError(why, kind="login") from error


def keep(file: Path, name: str, profile: Profile) -> None:
    """Add a profile or replace it; the file is the user's alone."""
    known = {**profiles(file), name: profile}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    text = json.dumps({each: asdict(kept) for each, kept in known.items()}, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")


def function_of(given: str, environment: Mapping[str, str] = os.environ) -> str:
    """Which function to ask: the one that is given, that of the environment, or that of the profile; empty for none.

    A profile's region is put into the environment, unless that names one.

    Raises:
        RefusedError: The profile that the environment names is none.
    """
    named = given or environment.get(FUNCTION_VARIABLE, "")
    if named:
        return named
    wanted = environment.get(PROFILE_VARIABLE, "")
    known = profiles(config_file(environment))
    if wanted and wanted not in known:
        there = f"There are: {', '.join(known)}." if known else "There are none yet."
        raise RefusedError(
            f"There is no profile {wanted!r}. {there} `login --profile {wanted}` makes it.", kind="login"
        )
    profile = known.get(wanted or DEFAULT)
    if profile is None:
        return ""
    if profile.region:
        os.environ.setdefault("AWS_REGION", profile.region)
    return profile.function


def function_in(stack: str, region: str) -> str:
    """The operations function of a stack, from its outputs.

    Raises:
        RefusedError: AWS cannot be asked, or the stack is none of ours.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.client("cloudformation", region_name=region or None)
        found = client.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    except (BotoCoreError, ClientError, ValueError) as error:
        raise RefusedError(
            f"The stack {stack!r} cannot be asked: {error}. Check name, region and AWS login.", kind="login"
        ) from error
    for output in found:
        if output.get("OutputKey") == OUTPUT:
            return str(output["OutputValue"])
    raise RefusedError(f"The stack {stack!r} has no output {OUTPUT}. Is it one of Shopbridge?", kind="login")


def log_in(name: str, stack: str, function: str, region: str) -> tuple[Profile, int]:
    """Find the function, ask it once, and keep it; returns the profile and how many connections there are.

    Raises:
        RefusedError: It is not said which one, or it does not answer. Nothing is kept then.
    """
    if bool(stack) == bool(function):
        which = "Say which deployment: --stack with its name, or --function with the function's ARN."
        raise RefusedError(which, kind="usage")
    if region:
        os.environ["AWS_REGION"] = region
    found = function or function_in(stack, region)
    connections = Operations(found).ask("list")
    profile = Profile(found, "" if region_in(found) else region)
    keep(config_file(), name, profile)
    return profile, len(connections)
