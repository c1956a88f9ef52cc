"""Personal data in sentences that are kept or logged: what looks like it, and what an order's buyer is called; pure.

Platforms quote in a refusal what we sent them. So their words are masked before they become a reason.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

MASK = "***"
SENTENCES = frozenset({"because", "reason", "remarks", "text"})
"""Facts of a log line that may quote a platform; all others are ids, numbers, codes and counts, which may look like a
telephone number and are none."""
LONGEST = 2_000
"""Characters of a sentence that are looked at and kept: the store keeps half of them, and a platform that answers
a megabyte without a blank must not keep the patterns busy for minutes."""
SHORTEST = 4
"""Characters of a buyer's value that is masked: shorter ones ("Jan", "Bos") are parts of too many other words."""

EMAIL = re.compile(r"(?<![^\s@<>\"'])[^\s@<>\"']+@[^\s@<>\"']+")
"""Begins where a word does: tried from each of its signs, a sentence without blanks would take its length squared."""
IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
"""What may be one: its checksum decides, or every long SKU would be."""
# What we quote ourselves stands in quotes: a SKU or an order number may look like a telephone number.
PHONE = re.compile(
    r"(?<![\w'\"#.,:+-])(?:"
    r"(?:\+|00)[1-9](?:[ ()/.-]{0,2}\d){7,13}"
    r"|(?!\d\d[-/.]\d\d[-/.]\d{4})\(?0[1-9](?:[ ()/-]{0,2}\d){7,10}"
    r")(?![\w'\"])"
)
_NUMBER = re.compile(r"\d")
"""Without one a sentence holds neither an account nor a telephone, and need not be looked at twice."""
_DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
"""Patterns take it for an ``i``, folding does not."""
_GAP = r"[\s()/.-]*"
_SHORTEST_PHONE, _SHORTEST_IBAN, _IBAN_REST = 8, 15, 1


def mask_patterns(words: str, spared: Collection[str] = ()) -> str:
    """Return the sentence without e-mail addresses, account numbers (IBAN) and telephone numbers of anybody.

    ``spared`` are names of things, such as an EAN, that look like one.
    """
    without = EMAIL.sub(MASK, words[:LONGEST])
    if _NUMBER.search(without) is None:
        return without
    return PHONE.sub(lambda match: _unless(match[0], spared), IBAN.sub(_without_iban, without))


def _unless(found: str, spared: Collection[str]) -> str:
    return found if any(name in found for name in spared if len(name) >= _SHORTEST_PHONE) else MASK


def _without_iban(match: re.Match[str]) -> str:
    """The words after an account number fit its pattern as well: the longest part with a right checksum is it."""
    found = match[0]
    for end in range(len(found), _SHORTEST_IBAN - 1, -1):
        if found[end - 1] != " " and _is_iban(found[:end].replace(" ", "")):
            return MASK + found[end:]
    return found


def _is_iban(text: str) -> bool:
    """Check digits by ISO 13616: the country and check digits moved to the end, letters as 10 to 35, modulo 97."""
    if len(text) < _SHORTEST_IBAN or not text.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == _IBAN_REST


@dataclass(frozen=True)
class Personal:
    """What must not be read about one buyer.

    Args:
        words: Names, companies, streets: matched in any capitals and with any blanks between their words.
        numbers: Telephone and VAT numbers: matched with any signs that people put between digits.
        spared: Names of things that stay readable even where the buyer is called so: order numbers, SKUs, EANs.
    """

    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()

    def mask(self, sentence: str) -> str:
        """Return the sentence without the buyer's values, and without whatever else looks personal."""
        brief = sentence[:LONGEST]
        if self._may_be_in(brief):
            brief = self._pattern.sub(lambda match: match["spared"] or MASK, brief)
        return mask_patterns(brief, self.spared)

    def _may_be_in(self, sentence: str) -> bool:
        """False only where the pattern finds nothing: to compile it takes milliseconds, and few sentences need it."""
        told = _letters(sentence)
        return any(letters in told for letters in self._kept_letters)

    @cached_property
    def _kept_letters(self) -> frozenset[str]:
        words = (
            word for word in self.words if any(_in_any_capitals((word,)))
        )  # its letters are the same in all of them
        return frozenset(map(_letters, (*words, *filter(_is_long, self.numbers))))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = (r"\s+".join(map(re.escape, form.split())) for form in _in_any_capitals(self.words))
        found = {*words, *map(_digits, filter(_is_long, self.numbers))}
        personal = "|".join(sorted(found, key=len, reverse=True)) or r"(?!)"
        spared = "|".join(sorted(map(re.escape, self.spared - {""}), key=len, reverse=True)) or r"(?!)"
        return re.compile(rf"(?P<spared>(?<![\w-])(?:{spared})(?![\w-]))|{personal}", re.IGNORECASE)


def _in_any_capitals(words: Iterable[str]) -> Iterator[str]:
    """The long words; an ``ß`` has no capital of one letter, which no flag of a pattern knows."""
    for word in map(str.strip, words):
        for form in {word, word.upper(), word.lower(), word.casefold(), word.title()}:
            if _is_long(form):
                yield form


def _letters(text: str) -> str:
    """Letters and digits alone, the same for all that a pattern without regard to case takes for the same."""
    return "".join(filter(str.isalnum, text.casefold())).replace(_DOTLESS, "i")


def _is_long(value: str) -> bool:
    return len(value.strip()) >= SHORTEST


def _digits(value: str) -> str:
    return r"\+?" + (_GAP.join(re.escape(sign) for sign in value if sign.isalnum()) or re.escape(value))
