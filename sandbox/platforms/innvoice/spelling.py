"""One truth, several ways to write it: an answer's texts, and several lines of a document (client S1, S2, S3)."""

from enum import Enum
from html import escape
from typing import Final

_DECLARED: Final = '<?xml version="1.0" encoding="{}"?>\n'


class Spelling(Enum):
    """How an answer writes its texts: plain, in CDATA, or among line breaks and runs of blanks.

    ``LATIN2`` declares another charset and has not been seen.
    """

    PLAIN = "plain"
    CDATA = "cdata"
    PADDED = "padded"
    LATIN2 = "latin2"

    def text(self, value: str) -> str:
        """What stands between an element's tags."""
        if self is Spelling.CDATA:
            return cdata(value)
        if self is Spelling.PADDED:
            return f"\n      {cdata(value.replace(' ', chr(10) + '   '))}\n    "
        return escape(value, quote=False)

    def encode(self, body: str) -> bytes:
        """The body with its declaration."""
        if self is Spelling.LATIN2:
            return (_DECLARED.format("ISO-8859-2") + body).encode("iso-8859-2", "xmlcharrefreplace")
        return (_DECLARED.format("UTF-8") + body).encode()


class LineForm(Enum):
    """How several lines are sent; one flat line has no number in either flat form.

    ``NUMBERED`` is what the newest released client sends: ``TetelNev1``, ``TetelNev2``. ``FIRST_BARE`` is of its
    tests: ``TetelNev``, ``TetelNev2``. ``NESTED`` was in its README until 23 August 2025: ``tetel`` > ``TetelNev``.
    """

    NUMBERED = "numbered"
    FIRST_BARE = "first_bare"
    NESTED = "nested"


def cdata(value: str) -> str:
    """A text in CDATA, an end of CDATA inside it split."""
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
