"""Answers of platforms as they were recorded or documented, by name."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from shopbridge.mapping.xml_data import listed, read_xml

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


UNAS = {path.stem: path.read_bytes() for path in sorted((FOLDER / "unas").iterdir())}


def unas(name: str) -> Any:
    """A documented body of UNAS, as plain data."""
    return read_xml(UNAS[name])


def unas_rows(name: str, root: str, element: str) -> list[Any]:
    """The records of a documented list of UNAS."""
    content = unas(name)[root]
    return listed(content[element]) if content else []


CARTUM = {path.stem: path.read_text() for path in sorted((FOLDER / "cartum").glob("*.json"))}


def cartum(name: str) -> Any:
    """A documented body of Cartum, or one made up in its shape."""
    return json.loads(CARTUM[name], parse_float=Decimal)
