"""Several pairs at once: each in a process of its own, as many as there are processors, told one after the other.

Few of them are played as ``make run`` plays one, on the embedded AWS and over HTTP; the others in one process each.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sandbox.demo.run import RESULT, Choice
from sandbox.demo.screen import Screen
from sandbox.demo.world import ROOT

SHOWN = "screen.txt"
"""What a pair's process says, in its own folder."""
AT_ONCE = os.cpu_count() or 1


def sensible(pairs: Iterable[str]) -> tuple[str, ...]:
    """Return pairs that together meet every shop and every back office there is, few of them, the first ones first."""
    listed, met, chosen = list(pairs), set[str](), list[str]()
    for least in (2, 1):  # first those that bring two platforms nobody has met
        for pair in listed:
            new = set(pair.split("-")) - met
            if len(new) >= least:
                chosen.append(pair)
                met |= new
    return tuple(chosen)


def run_side_by_side(choice: Choice, screen: Screen) -> bool:
    """Play the pairs, show each as it ends, and write all results into one file. Whether all is well."""
    with ThreadPoolExecutor(AT_ONCE) as workers:
        ends = workers.map(lambda pair: _played(choice, pair, screen.console.width), choice.pairs)
        for pair, status in zip(choice.pairs, ends, strict=True):
            screen.say(
                (choice.build / pair / SHOWN).read_text() + ("" if status == 0 else f"{pair} ended with {status}.")
            )
    results = [_result(choice.build / pair) for pair in choice.pairs]
    together = {
        "pairs": {name: found for each in results for name, found in each["pairs"].items()},
        "ok": all(each["ok"] for each in results),
    }
    (choice.build / RESULT).write_text(json.dumps(together, indent=2) + "\n")
    return bool(together["ok"])


def _played(choice: Choice, pair: str, width: int) -> int:
    """One pair in a process of its own; its exit status."""
    folder = choice.build / pair
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULT).unlink(missing_ok=True)
    with (folder / SHOWN).open("w") as shown:
        ended = subprocess.run(  # noqa: S603 - our own words
            _command(choice, pair, folder),
            cwd=ROOT,
            env={**os.environ, "COLUMNS": str(width)},
            stdout=shown,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return ended.returncode


def _command(choice: Choice, pair: str, folder: Path) -> Sequence[str]:
    if pair not in sensible(choice.pairs) and not choice.orders:
        return [sys.executable, "-m", "sandbox.demo.quick", pair, "--build", str(folder)]
    orders = ["--orders", str(choice.orders)] if choice.orders else []
    told = ["--pair", pair, "--speed", str(choice.speed), "--build", str(folder), *orders]
    return [sys.executable, "-m", "sandbox.demo", *told]


def _result(folder: Path) -> dict[str, Any]:
    """What a pair wrote; one that ended before it wrote anything is not well."""
    written = folder / RESULT
    if not written.exists():
        return {"pairs": {}, "ok": False}
    found: dict[str, Any] = json.loads(written.read_text())
    return found
