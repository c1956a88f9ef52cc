"""What was answered while a connection is set up: kept without secrets, so that it can be taken up again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shopbridge_cli.client import RefusedError
from shopbridge_cli.desk import Desk
from shopbridge_cli.profiles import config_file
from shopbridge_cli.yaml_text import dumped

HEAD = "# Written by `connect --save`. Empty secrets come from the environment, or are asked for.\n"
SIDES = {"shop": "Shop", "office": "Back office"}


def kept_file() -> Path:
    """Where answers are kept, beside the profiles."""
    return config_file().with_name("connect.json")


@dataclass
class Answers:
    """One connection as far as it is known.

    Attributes:
        forms: What ``platforms`` tells, by its parts.
        settings: As a connection file has them.
        done: Parts that were answered: ``shop``, ``office``, ``orders``, ``flows``.
        secrets: By side; never kept.
        words, off, can: By side, what it told when it let us in.
        stored: The version of a connection that is there already; None for a new one.
    """

    desk: Desk
    forms: Mapping[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    off: dict[str, Mapping[str, list[str]]] = field(default_factory=dict)
    can: dict[str, list[str]] = field(default_factory=dict)
    stored: int | None = None

    @property
    def id(self) -> str:
        """The connection's."""
        return str(self.settings.get("id", ""))

    def platform(self, side: str) -> Mapping[str, Any]:
        """The form of a side's platform."""
        key = self.settings[side]["platform"]
        return next(form for form in self.forms["platforms"] if form["key"] == key)

    def title(self, side: str) -> str:
        """What a side's platform is called."""
        return str(self.platform(side)["title"])

    def part(self, *path: str) -> dict[str, Any]:
        """The settings at a place, made where they are missing."""
        found = self.settings
        for name in path:
            found = found.setdefault(name, {})
        return found

    def listed(self, side: str, name: str) -> dict[str, str]:
        """What a side calls the values of a list."""
        return dict(self.words.get(side, {}).get(name, {}))

    def keep(self) -> Path:
        """Write what is known into the user's own folder, but for secrets."""
        file = kept_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        content = {"settings": self.settings, "done": self.done}
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return file


def kept() -> dict[str, Any] | None:
    """What an earlier set-up left; None for nothing. What cannot be read any more counts as nothing."""
    try:
        content = json.loads(kept_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(content, dict) and isinstance(content.get("settings"), dict) and "done" in content
    return content if whole else None


def forget() -> None:
    """Remove what was kept: the connection is there."""
    kept_file().unlink(missing_ok=True)


def save(answers: Answers, path: Path) -> None:
    """Write the answers as a connection file, its secrets named and empty.

    Raises:
        RefusedError: It is there already, or cannot be written.
    """
    named = {side: dict.fromkeys(_secret_names(answers, side)) for side in SIDES}
    content = dumped({"settings": answers.settings, "secrets": named})
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(HEAD + content)
    except FileExistsError as error:
        raise RefusedError(
            f"The file {path} is there already. Name a new one, or remove it first.", kind="usage"
        ) from error
    except OSError as error:
        raise RefusedError(f"The file {path} cannot be written: {error.strerror}.", kind="usage") from error


def _secret_names(answers: Answers, side: str) -> list[str]:
    given = answers.secrets.get(side, {})
    return [field["key"] for field in answers.platform(side)["secrets"] if field["required"] or field["key"] in given]
