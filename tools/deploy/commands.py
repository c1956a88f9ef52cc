"""The commands of `sam` for one deployment, as a person could type them."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.deploy.answers import Answers

SAMCONFIG = Path(__file__).parents[2] / "samconfig.toml"
Command = Sequence[str]


def commands(environment: str, answers: Answers, samconfig: Path = SAMCONFIG) -> Sequence[Command]:
    """Return what is run one after another: check the template, build, deploy.

    Nothing of it asks but for what will change, where the environment wants a yes for that. A parameter that is not
    named keeps its value.
    """
    overrides = {**_overrides(environment, samconfig), **answers.parameters, "AlarmEmail": answers.email}
    return (
        ("sam", "validate", "--lint", "--region", answers.region),
        ("sam", "build", "--config-env", environment),
        (
            *("sam", "deploy", "--config-env", environment, "--stack-name", answers.stack, "--region", answers.region),
            *("--parameter-overrides", *(f"{name}={_quoted(value)}" for name, value in overrides.items())),
        ),
    )


def _overrides(environment: str, samconfig: Path) -> Mapping[str, str]:
    """What samconfig.toml sets of parameters: an option of the command would replace all of it."""
    content: Any = tomllib.loads(samconfig.read_text(encoding="utf-8"))
    named: str = content[environment]["deploy"]["parameters"].get("parameter_overrides", "")
    return dict(pair.split("=", 1) for pair in named.split())


def _quoted(value: str) -> str:
    """An empty value has to be told from none."""
    return value or '""'
