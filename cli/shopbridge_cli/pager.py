"""Long answers go through a pager where somebody sits at a terminal, as with ``gh`` and ``git``."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping

from rich.console import Console, RenderableType

VARIABLES = ("SHOPBRIDGE_PAGER", "PAGER")
FALLBACK = "less"
QUIET_LESS = "FRX"
"""Ends by itself where all fits, shows colours, leaves the text on the screen."""


def print_paged(shown: RenderableType) -> None:
    """Print an answer; one that is longer than the terminal through the pager."""
    console = Console(highlight=False)
    command = pager(os.environ) if console.is_terminal and sys.stdin.isatty() else []
    if not command:
        console.print(shown)
        return
    with console.capture() as captured:
        console.print(shown)
    text = captured.get()
    if text.count("\n") < console.height or not _paged(command, text):
        sys.stdout.write(text)


def pager(environment: Mapping[str, str]) -> list[str]:
    """The command that shows long texts; empty for none."""
    chosen = next((environment[name] for name in VARIABLES if name in environment), FALLBACK)
    command = shlex.split(chosen)
    return command if command and command != ["cat"] and shutil.which(command[0]) else []


def _paged(command: list[str], text: str) -> bool:
    """Whether the pager could be started."""
    environment = {"LESS": QUIET_LESS, **os.environ}
    try:
        subprocess.run(command, input=text, text=True, check=False, env=environment)  # noqa: S603 - the operator's own
    except OSError:
        return False
    return True
