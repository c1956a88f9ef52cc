"""How a platform writes the numbers that it keeps as doubles: as short as can be, or with the noise real ones show."""

import math
import re
from dataclasses import dataclass
from typing import Final

_NUMBERS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+\.\d+(?:[eE][-+]?\d+)?')


@dataclass(frozen=True)
class Doubles:
    """The switch of every emulator.

    Args:
        digits: PHP's ``serialize_precision``: 17 writes 8.1 as 8.0999999999999996, 100 writes all of its 52 digits;
            None writes the shortest number of the same double, as PHP does with -1.
        computed: Fields that hold the result of computing, a bit below the number that was meant: 2.9999999999999996
            for 3, as a number or as a text.
    """

    digits: int | None = None
    computed: tuple[str, ...] = ()

    def write(self, body: bytes) -> bytes:
        """Write a JSON body's numbers in this way."""
        noisy = _fields(self.computed).sub(_computed, body) if self.computed else body
        return noisy if self.digits is None else _NUMBERS.sub(self._with_digits, noisy)

    def _with_digits(self, found: re.Match[bytes]) -> bytes:
        token = found.group()
        if token.startswith(b'"') or float(token).is_integer():
            return token
        return f"{float(token):.{self.digits}g}".encode()


def _fields(names: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(rb'("(?:%s)": ?"?)(\d+(?:\.\d+)?)(?=["},])' % "|".join(names).encode())


def _computed(found: re.Match[bytes]) -> bytes:
    meant = float(found.group(2))
    return found.group(1) + (repr(math.nextafter(meant, 0)).encode() if meant else found.group(2))
