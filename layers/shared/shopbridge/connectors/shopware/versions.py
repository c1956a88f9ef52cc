"""What differs between Shopware releases, as far as it matters to us (platform file, version table)."""

import re
from dataclasses import dataclass

Version = tuple[int, ...]

OLDEST: Version = (6, 4)
NEWEST: Version = (6, 7)
"""The lines this connector was written for; a later one is warned about, not refused."""

_NUMBERS = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", re.ASCII)


def parse_version(text: str) -> Version | None:
    """``6.6.7.0`` or ``6.7.9999999.9999999-dev`` as numbers; None when the text names no release."""
    found = _NUMBERS.match(text)
    return tuple(int(number) for number in found.groups() if number is not None) if found else None


@dataclass(frozen=True)
class Features:
    """What a release can do; an unreadable version counts as the oldest, since that is the careful reading.

    Attributes:
        strict_cancel: ``cancel`` must be defined in the state machine; before 6.7 it was taken from any
            state, even from cancelled, and then wrote history, mails and stock a second time (C8, C10).
        signs_twice: A repeated app registration also proves the current shop secret (6.7.8.1, D18).
        stock_falls_at_order: ``stock`` falls when an order is placed; before 6.6 when it is completed (D15, D16).
        one_transaction: A sync is all or nothing by itself, and its error pointers can be trusted (6.5, C11, I#1666).
        teaser: Products have a short text of their own (6.7.12).
    """

    strict_cancel: bool
    signs_twice: bool
    stock_falls_at_order: bool
    one_transaction: bool
    teaser: bool


def features(version: Version | None) -> Features:
    """The capability flags of a release.

    [inferred] The stock model is taken from the release alone: that a shop of 6.5.5 to 6.5 has the feature
    ``STOCK_HANDLING`` switched on cannot be seen. Its figures come out right all the same, as ``availableStock``
    is then a mirror of ``stock``.
    """
    known = version or OLDEST
    return Features(
        strict_cancel=known >= (6, 7),
        signs_twice=known >= (6, 7, 8, 1),
        stock_falls_at_order=known >= (6, 6),
        one_transaction=known >= (6, 5),
        teaser=known >= (6, 7, 12),
    )


def version_notes(text: str) -> tuple[str, ...]:
    """Warnings about the shop's version for the operator; none when it is one we know."""
    version = parse_version(text)
    if version is None:
        return (f"The shop calls its version {text!r}, which names no release we know.",)
    if version[:2] < OLDEST:
        return (f"Shopware {text} is older than 6.4, the oldest release this connector supports.",)
    if version[:2] > NEWEST:
        return (f"Shopware {text} is newer than 6.7, the newest release this connector was tested with.",)
    return ()
