"""What the platform's file leaves open, each in one place."""

import re

THROTTLE_SECONDS = 60
"""A model's calls are not limited by Tryton itself; what stands before a server may do so."""


def is_barcode(code: str) -> bool:
    """An EAN with its check digit."""
    if not re.fullmatch("[0-9]{13}|[0-9]{8}", code):
        return False
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def is_vat_number(code: str) -> bool:
    """Two letters and what could be a number of that country: Tryton's check of the digits is not rebuilt."""
    return bool(re.fullmatch("[A-Z]{2}[0-9A-Z]{8,12}", code))
