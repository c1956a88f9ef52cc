"""Every fact that the code rests on has a page with its source: keys and headings named in code lead there."""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "platforms"
PLATFORMS = sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "README")
HOMES = [ROOT / "layers" / "shared" / "shopbridge" / "connectors", ROOT / "sandbox" / "platforms"]
FILES = [
    (platform, path) for platform in PLATFORMS for home in HOMES for path in sorted((home / platform).rglob("*.py"))
]

KEY = re.compile(r"(?<![\w#.-])([A-Z]{1,2}\d{1,2})(?![\w-])")
"""A source as code names it: ``S4``, ``G2``, ``C12``."""


@cache
def page(platform: str) -> str:
    return (PAGES / f"{platform}.md").read_text()


def sources(platform: str) -> set[str]:
    return set(KEY.findall(page(platform).partition("\n## Sources")[2]))


def headings(platform: str) -> set[str]:
    """Headings, and the bold words that begin a paragraph."""
    found = re.findall(r"^#+ (.+)$|^\*\*([^*]+)\*\*", page(platform), re.MULTILINE)
    return {(heading or bold).strip(" :").lower() for heading, bold in found}


def prose(path: Path) -> str:
    """The comments and texts of a module, line breaks folded."""
    kinds = (tokenize.COMMENT, tokenize.STRING)
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return re.sub(r"\s*\n\s*#?\s*", " ", "\n".join(token.string for token in tokens if token.type in kinds))


def keys(text: str) -> Iterator[str]:
    """Source keys, which stand in brackets."""
    for inner in re.findall(r"\(([^()]*)\)", text):
        yield from KEY.findall(inner)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_page_names_its_sources(platform: str) -> None:
    assert "\n## Sources\n" in page(platform)


@pytest.mark.parametrize(("platform", "path"), FILES, ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_every_source_and_heading_named_in_code_is_on_the_page(platform: str, path: Path) -> None:
    text = prose(path)
    quoted = re.findall(r'platform file, (?:section )?"([^"]+)"', text)
    assert {key for key in keys(text) if key not in sources(platform)} == set()
    assert [q for q in quoted if not any(known.startswith(q.lower()) for known in headings(platform))] == []


def test_code_that_speaks_of_a_platform_file_belongs_to_a_platform_that_has_one() -> None:
    speaking = [path for home in HOMES for path in home.rglob("*.py") if "platform file" in path.read_text()]
    without = {path.relative_to(home).parts[0] for home in HOMES for path in speaking if home in path.parents}
    assert {name for name in without if not name.endswith(".py")} - set(PLATFORMS) == set()


def test_keys_are_told_from_other_capitals() -> None:
    assert set(keys("as read (S4) and (G2, G3), not (ISO 8601), B5 or (SKU-12)")) == {"S4", "G2", "G3"}
