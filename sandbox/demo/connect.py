"""Sets the connection up the way an operator does: refused at first, then verified, then the shop's app."""

from collections.abc import Mapping
from typing import Any

from sandbox.demo.screen import Screen
from sandbox.demo.world import CONNECTION, World
from shopbridge_cli.client import RefusedError


def connect(world: World, screen: Screen, parts: Mapping[str, Any]) -> None:
    """Create the connection and, where the shop has webhooks, install the app, so that they come signed.

    Raises:
        RefusedError: It does not verify.
    """
    settings = world.settings(**parts)
    with screen.phase("wrong credentials are refused"):
        problems = _refused(world, settings)
    for problem in problems:
        screen.note(problem)
    made_and_installed(world, screen, settings)
    with screen.phase("both sides verify"):
        report = world.operations.ask("verify", connection=CONNECTION)
        if report["problems"]:
            raise RefusedError(*report["problems"])
    for remark in report["remarks"]:
        screen.note(remark)


def made_and_installed(world: World, screen: Screen, settings: Mapping[str, Any]) -> None:
    """Create the connection with the right credentials, at work at once, and install the shop's app.

    Raises:
        RefusedError: It does not verify.
    """
    registers = ", and the shop learns where to call" if world.shop.announces else ""
    with screen.phase(f"the connection is created{registers}"):
        made = world.operations.ask("create", settings=settings, secrets=_secrets(world, right=True), start=True)
        world.shop.install(world.aws.api_url, made["hooks"])


def _refused(world: World, settings: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        world.operations.ask("create", settings=settings, secrets=_secrets(world, right=False))
    except RefusedError as error:
        return error.problems
    raise RuntimeError("The bridge took wrong credentials")


def _secrets(world: World, *, right: bool) -> dict[str, Mapping[str, str]]:
    return {"shop": world.shop.secrets(right=right), "office": world.office.secrets(right=right)}
