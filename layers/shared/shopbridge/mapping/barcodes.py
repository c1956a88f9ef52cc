"""Which barcodes are EANs: those whose check digit is right (GTIN-8, -12, -13 and -14)."""

LENGTHS = (8, 12, 13, 14)


def ean_of(barcode: str) -> str:
    """The code, or nothing when it is no EAN: companies keep codes of their own in the same field."""
    code = barcode.strip()
    return code if _is_ean(code) else ""


def _is_ean(code: str) -> bool:
    if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()) or not code.strip("0"):
        return False
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
