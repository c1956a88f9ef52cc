"""Deploys: `python -m tools.deploy prod`, which `make deploy` calls."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tools.deploy.answers import ENVIRONMENTS, KEPT, AnswerError, Answers, ask, keep, read
from tools.deploy.commands import Command, commands
from tools.deploy.ending import FUNCTION, ending, next_steps
from tools.deploy.stack import NotAnsweredError, default_region, identity, outputs

SHOPBRIDGE = (sys.executable, "-m", "shopbridge_cli")
FIELDS = ("stack", "region", "email")


class StoppedError(Exception):
    """The person said no, or a command failed; the message says which."""


def deploy(environment: str, given: Mapping[str, str], file: Path = KEPT) -> None:
    """Ask, deploy, and say what to do next.

    Args:
        given: What is not asked for, by field of ``Answers``.
        file: Where answers are kept.

    Raises:
        AnswerError, NotAnsweredError, StoppedError
    """
    kept = read(environment, file)
    answers = _in_account(ask(environment, kept, given, default_region(), _question))
    keep(environment, answers, file)
    for command in commands(environment, answers):
        _run(command)
    found = outputs(answers.stack, answers.region)
    typer.echo("\n".join(ending(answers, found)))
    _look(environment, answers, found[FUNCTION])


def _question(text: str, default: str) -> str:
    if not sys.stdin.isatty():
        return default
    return str(typer.prompt(text, default=default))


def _in_account(answers: Answers) -> Answers:
    """The account is AWS's to say; another one than last time is most likely a mistake."""
    found = identity(answers.region)
    typer.echo(f"Account {found.account}, as {found.arn}.")
    moved = answers.account not in ("", found.account)
    if moved and not typer.confirm(f"It went to account {answers.account} before. Make a new stack in this one?"):
        raise StoppedError("Nothing was done. Choose the other account with AWS_PROFILE.")
    return replace(answers, account=found.account)


def _run(command: Command) -> None:
    typer.echo(f"$ {' '.join(command)}")
    done = subprocess.run(command, check=False, env={**os.environ, "SAM_CLI_TELEMETRY": "0"})  # noqa: S603 - ours
    if done.returncode:
        raise StoppedError(f"`{' '.join(command[:2])}` ended with {done.returncode}: what it says stands above.")


def _look(environment: str, answers: Answers, function: str) -> None:
    """Log in and let the doctor look; what it finds is for the person, the stack stands all the same."""
    profile = "default" if environment == "prod" else environment
    region = {"AWS_REGION": answers.region}
    login = (*SHOPBRIDGE, "login", "--function", function, "--profile", profile)
    for command in (login, (*SHOPBRIDGE, "doctor")):
        typer.echo(f"$ shopbridge {' '.join(command[len(SHOPBRIDGE) :])}")
        subprocess.run(command, check=False, env={**os.environ, **region, "SHOPBRIDGE_PROFILE": profile})  # noqa: S603
    typer.echo("\n".join(next_steps(profile)))


def main(environment: Annotated[str, typer.Argument(help="dev, staging or prod")] = "prod") -> None:
    """Put the bridge into AWS, or bring it up to date there.

    What stands in the variables STACK, REGION and EMAIL is not asked for.
    """
    if environment not in ENVIRONMENTS:
        raise typer.BadParameter(f"choose one of {', '.join(ENVIRONMENTS)}")
    given = {name: os.environ.get(name.upper(), "") for name in FIELDS}
    try:
        deploy(environment, given)
    except (AnswerError, NotAnsweredError, StoppedError) as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
