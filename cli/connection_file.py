"""Reads a connection as an operator writes it: a file with ``settings`` and ``secrets``."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cli.client import RefusedError

PARTS = {"settings", "secrets"}
Ask = Callable[[str], str]
"""Asks the operator for one secret, by its name."""


def read_connection(path: Path, ask: Ask | None, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The file's ``settings`` and ``secrets``, ready to be sent.

    A secret that the file names but leaves empty comes from the environment variable
    ``SHOPBRIDGE_SECRET_<SIDE>_<NAME>``, else from ``ask``.

    Raises:
        RefusedError: The file cannot be read, or a secret is nowhere to be had.
    """
    content = _content(path)
    secrets = content.get("secrets") or {}
    filled = {side: _filled(side, values or {}, ask, environment) for side, values in secrets.items()}
    return {"settings": content["settings"], "secrets": filled}


def variable_of(side: str, name: str) -> str:
    """The environment variable of a secret."""
    return f"SHOPBRIDGE_SECRET_{side}_{name}".upper()


def _content(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text()
        # YAML first reads JSON as well, but its errors name YAML's rules.
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise RefusedError(f"The file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, yaml.YAMLError) as error:
        raise RefusedError(f"The file {path} is not well-formed: {error}") from error
    return _checked(path, content)


def _checked(path: Path, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or "settings" not in content or not content.keys() <= PARTS:
        raise RefusedError(f"The file {path} needs the part `settings`, may have `secrets`, and nothing else.")
    secrets = content.get("secrets") or {}
    if not isinstance(secrets, dict) or any(not isinstance(each, dict | None) for each in secrets.values()):
        raise RefusedError(f"In {path}, `secrets` holds `shop` and `office`, and each of them names with values.")
    return content


def _filled(side: str, values: Mapping[str, Any], ask: Ask | None, environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: str(value) if value not in (None, "") else _found(side, name, ask, environment)
        for name, value in values.items()
    }


def _found(side: str, name: str, ask: Ask | None, environment: Mapping[str, str]) -> str:
    variable = variable_of(side, name)
    if environment.get(variable):
        return environment[variable]
    if ask is None:
        raise RefusedError(f"The secret {side}.{name} is empty. Set {variable}, or run this in a terminal.")
    return ask(f"{side}.{name}")
