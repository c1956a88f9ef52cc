"""Answers of platforms as they were recorded or documented, by name."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "golden"
GOMAG = {path.stem: path.read_text() for path in sorted((FOLDER / "gomag").glob("*.json"))}


def gomag(name: str) -> Any:
    """A recorded body."""
    return json.loads(GOMAG[name], parse_float=Decimal)


def gomag_rows(kind: str) -> list[Any]:
    """Every recorded row of a kind."""
    bodies = [gomag(name) for name in GOMAG if name.split("_")[0] == kind]
    found = [body[kind] for body in bodies if kind in body]
    return [row for rows in found for row in (rows.values() if isinstance(rows, dict) else rows)]


SHOPRENTER = {path.stem: path.read_text() for path in sorted((FOLDER / "shoprenter").glob("*.json"))}


def shoprenter(name: str) -> Any:
    """A documented body of Shoprenter, made up in its shape."""
    return json.loads(SHOPRENTER[name], parse_float=Decimal)
