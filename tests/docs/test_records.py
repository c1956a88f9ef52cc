"""What the store keeps is told: how it works and privacy name each kind of record, and forgetting counts it."""

import re
from pathlib import Path

import pytest

from shopbridge.flows.operations.connections.forget import KINDS

ROOT = Path(__file__).parents[2]
STORE = ROOT / "layers" / "shared" / "shopbridge" / "store"
WITH_A_NAME = re.compile(r'"([A-Z]{3,})#')
ALONE = re.compile(r'(?:key\([^"\n]*|^(?:LINE|RECORD|SETTINGS|TOMBSTONE) = )"([A-Z]{3,})"', re.MULTILINE)
"""Records of which a connection has one, as they are written where a key is made."""


def kinds() -> list[str]:
    sources = [path.read_text() for path in STORE.rglob("*.py")]
    return sorted({kind for source in sources for form in (WITH_A_NAME, ALONE) for kind in form.findall(source)})


def test_the_kinds_of_records_are_found() -> None:
    assert {"LEDGER", "OFFICE", "HANDED", "LIMITS", "TURNS", "HEALTH", "TICKS", "SETTINGS", "DELETED"} <= set(kinds())


@pytest.mark.parametrize("page", ["architecture.md", "privacy.md"])
def test_every_kind_of_record_has_its_line(page: str) -> None:
    rows = "\n".join(row for row in (ROOT / "docs" / page).read_text().splitlines() if row.startswith("|"))
    told = set(re.findall(r"`([A-Z]{3,})(?:#[^`]*)?`", rows))
    assert [kind for kind in kinds() if kind not in told] == []


def test_forget_has_a_word_for_every_kind_of_a_connection() -> None:
    of_the_stack = {"TICKS"}
    assert {kind.partition("#")[0] for kind in KINDS} == set(kinds()) - of_the_stack


def test_privacy_tells_of_no_record_that_there_is_not() -> None:
    rows = [row for row in (ROOT / "docs" / "privacy.md").read_text().splitlines() if re.match(r"\| \w+ table,", row)]
    told = {kind for row in rows for kind in re.findall(r"`([A-Z]{3,})(?:#[^`]*)?`", row.split("|")[1])}
    assert told - set(kinds()) == set()
