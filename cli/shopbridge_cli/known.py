"""Which connections there are: asked, and kept for a moment so that a shell can complete them."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from shopbridge_cli.client import Operations, RefusedError
from shopbridge_cli.profiles import function_of

VARIABLE = "SHOPBRIDGE_CONNECTION"
KEPT_FOR = 600.0
"""Seconds: who completes is just at work."""


def ask(function: str) -> list[str]:
    """The ids of all connections of a deployment.

    Raises:
        RefusedError: It cannot be asked.
    """
    asked = function_of(function)
    ids = [str(each["id"]) for each in Operations(asked).ask("list")]
    keep(asked, ids)
    return ids


def keep(function: str, ids: list[str]) -> None:
    """Keep them for completion; a folder that cannot be written costs nothing but that."""
    file = cache_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps({"function": function, "ids": ids}), encoding="utf-8")
    except OSError:
        return


def complete(incomplete: str) -> Iterator[str]:
    """Those that begin like this, as they were listed within the last minutes."""
    file = cache_file()
    try:
        is_fresh = time.time() - file.stat().st_mtime < KEPT_FOR
        content = json.loads(file.read_text(encoding="utf-8"))
        if is_fresh and content["function"] == function_of(""):
            yield from (each for each in content["ids"] if each.startswith(incomplete))
    except (OSError, ValueError, KeyError, TypeError, RefusedError):
        return


def beside(*words: str) -> Callable[[str], list[str]]:
    """Complete these words, and the connections: either may be the first word of a command."""

    def completed(incomplete: str) -> list[str]:
        return [*(each for each in words if each.startswith(incomplete)), *complete(incomplete)]

    return completed


def cache_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where they are kept: below ``XDG_CACHE_HOME``, else below ``~/.cache``."""
    folder = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(folder) / "shopbridge" / "connections.json"
