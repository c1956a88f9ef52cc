"""Times what lies between a fresh clone and the first imported order of one's own, and counts what a person does.

Clone, install, `make run EMPTY=1`, the wizard at a pseudo-terminal, an order in the shop. The program answers at once,
and adds what a person takes: two seconds for each decision, with its question, and a third of one for each letter that
is typed. Addresses and credentials are copied from the file that `make run` names. What is read besides, in the README
and on the screen, goes by four words a second.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml

from tests.terminal import Terminal
from tests.wizard_answers import FLOWS_OF_SHOPWARE, MAPS_OF_SHOPWARE, ORDERS, sides_of_shopware, which

ROOT = Path(__file__).parents[1]
DECISION, LETTER, WORD = 2.0, 1 / 3, 1 / 4
"""Seconds of a person."""
MOST, MOST_READING = 360.0, 60.0
COPIED = 12
"""Letters from which on somebody copies instead."""
README = re.compile(r"^## Try it$.*?^```$|^- `make run EMPTY=1`.*?(?=^- )", re.MULTILINE | re.DOTALL)
"""What tells the way."""
PLAIN = {**environ, "TERM": "dumb"}
"""A terminal where nothing turns while one waits."""
ORDERED = re.compile(r"Order (\d+) is placed")


@dataclass
class Steps:
    """Seconds by step: the machine's as they passed, a person's as they are counted."""

    began: float = field(default_factory=time.monotonic)
    machine: dict[str, float] = field(default_factory=dict)
    typing: float = 0
    reading: float = 0

    def done(self, step: str) -> None:
        """A step has ended."""
        now = time.monotonic()
        self.machine[step], self.began = now - self.began, now

    def typed(self, line: str) -> None:
        """Somebody decided, and typed or pasted it."""
        self.typing += DECISION + (1 if len(line) >= COPIED else len(line)) * LETTER

    def read(self, text: str) -> None:
        """Somebody read it."""
        self.reading += sum(any(map(str.isalpha, word)) and "/" not in word for word in text.split()) * WORD

    @property
    def total(self) -> float:
        """All of them."""
        return sum(self.machine.values()) + self.typing + self.reading

    def lines(self) -> Iterator[str]:
        """As somebody reads them."""
        for step, seconds in {**self.machine, "typing and deciding": self.typing, "reading": self.reading}.items():
            yield f"{seconds:6.1f} s  {step}"
        yield f"{self.total:6.1f} s  in all"


def main() -> int:
    """Go all the way; 1 where it takes longer than promised."""
    with TemporaryDirectory() as folder:
        steps = _from_clone_to_order(Path(folder) / "shopbridge")
    print("\n".join(steps.lines()))
    return 0 if steps.total <= MOST and steps.reading <= MOST_READING else 1


def _from_clone_to_order(clone: Path) -> Steps:
    steps = Steps()
    _typed(steps, f"git clone {ROOT} {clone}")
    steps.done("clone")
    steps.read(" ".join(README.findall((clone / "README.md").read_text())))
    with _up(steps, clone):
        wanted = yaml.safe_load((clone / "build" / "connection.yaml").read_text())
        _connect(steps, clone, wanted)
        number = _order(steps, wanted["settings"]["shop"]["settings"]["url"])
        _until_imported(steps, clone, number)
    return steps


def _typed(steps: Steps, line: str) -> None:
    steps.typed(line)
    subprocess.run(line.split(), check=True, capture_output=True)  # noqa: S603 - our own words


@contextmanager
def _up(steps: Steps, clone: Path) -> Iterator[None]:
    command = "make run EMPTY=1"
    steps.typed(command)
    with Terminal(["make", "-C", str(clone), *command.split()[1:]], PLAIN) as terminal:
        terminal.until("Shopbridge on this machine")
        steps.done("install")
        steps.read(terminal.until("It stays up until Ctrl-C."))
        steps.done("AWS, shop and back office come up")
        yield
        terminal.interrupt()
        terminal.end()


def _connect(steps: Steps, clone: Path, wanted: Mapping[str, Any]) -> None:
    shop, office = wanted["settings"]["shop"]["settings"]["url"], wanted["settings"]["office"]["settings"]["url"]
    sides = sides_of_shopware(shop, wanted["secrets"]["shop"], office, wanted["secrets"]["office"])
    script = (*which("1", "1", "my-shop"), *sides, *ORDERS, *MAPS_OF_SHOPWARE, *FLOWS_OF_SHOPWARE)
    steps.typed("source build/env.sh")
    steps.typed("shopbridge connect")
    with _at_terminal(clone, "shopbridge connect") as terminal:
        for question, answer in script:
            terminal.answer(question, answer)
            steps.typed(answer)
        steps.read(terminal.answer("What now", "1"))
        steps.typed("1")
        if terminal.end():
            raise AssertionError(terminal.seen)
    steps.done("the wizard: it tries both sides, reads their lists, verifies")


def _order(steps: Steps, shop: str) -> str:
    """Press the button on the shop's page."""
    with httpx.Client(base_url=shop, follow_redirects=True, headers={"Origin": shop}) as browser:
        token = re.findall(r"name=token value='([^']+)'", browser.get("/").text)[0]
        steps.typed("")
        said = browser.post("/sandbox-buttons/order", data={"token": token, "choice": "two mugs"}).text
    placed = ORDERED.search(said)
    if not placed:
        raise AssertionError(said)
    return placed[1]


def _until_imported(steps: Steps, clone: Path, number: str) -> None:
    command = f"shopbridge order {number}"
    steps.typed(command)
    told, began = "", time.monotonic()
    while "imported" not in told:
        if time.monotonic() - began > MOST:
            raise AssertionError(told)
        with _at_terminal(clone, command) as terminal:
            terminal.end()
            told = terminal.seen
    steps.read(told)
    steps.done("the order is imported")


def _at_terminal(clone: Path, command: str) -> Terminal:
    return Terminal(["bash", "-c", f"cd {clone} && source build/env.sh && {command}"], PLAIN)


if __name__ == "__main__":
    sys.exit(main())
