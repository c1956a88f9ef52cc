"""What a terminal needs to know to reach the bridge on this machine: a file to source, in bash or in zsh."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from sandbox.aws.environment import FOREIGN, endpoints
from sandbox.demo.world import ROOT, World

_HEAD = """\
# Written by `make run KEEP=1`, good while it stays up. In the project's folder: source build/env.sh
# From then on this terminal speaks with the sandbox alone, not with AWS; a new terminal is as before.
"""
_COMMAND = 'shopbridge() {{ PYTHONPATH={path} {python} -m shopbridge_cli "$@"; }}\n'


def write_environment(world: World, file: Path, console: str) -> None:
    """Write the file: exports for AWS and the command line, and the command ``shopbridge``."""
    file.write_text(_HEAD + "".join(_lines(world, console)), encoding="utf-8")


def _lines(world: World, console: str) -> Iterator[str]:
    yield f"unset {' '.join(FOREIGN)} SHOPBRIDGE_PROFILE SHOPBRIDGE_CONNECTION\n"
    variables = endpoints(world.aws.moto_url, world.aws.lambda_url)
    for name, value in {
        **variables,
        "SHOPBRIDGE_OPERATIONS_FUNCTION": world.function,
        "SHOPBRIDGE_CONSOLE": console,
    }.items():
        yield f"export {name}={shlex.quote(value)}\n"
    # An alias or a function of an earlier run must not be in the way: zsh would expand it while it reads this line.
    yield "unalias shopbridge 2>/dev/null || true\n"
    yield _COMMAND.format(path=shlex.quote(str(ROOT / "cli")), python=shlex.quote(sys.executable))
