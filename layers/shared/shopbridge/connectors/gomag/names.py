"""Comparing names that people write with diacritics or without (platform file, quirk 8)."""

import unicodedata
from collections.abc import Collection
from functools import lru_cache


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Without diacritics, capitals and superfluous spaces."""
    letters = unicodedata.normalize("NFKD", name)
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.casefold().split())


def is_among(names: Collection[str], *candidates: str) -> bool:
    """Whether one of the candidates, such as an id or a name, is among the names."""
    wanted = {plain_name(name) for name in names}
    return any(plain_name(candidate) in wanted for candidate in candidates if candidate)
