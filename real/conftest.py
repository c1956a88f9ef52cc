"""Real platforms, started once for all tests; what is missing here is told, and its tests are left out."""

from collections.abc import Iterator

import pytest

from real.processes import NotThereError
from real.tryton import RealTryton, real_tryton


@pytest.fixture(scope="session")
def tryton() -> Iterator[RealTryton]:
    """A furnished Tryton that runs."""
    try:
        with real_tryton() as office:
            yield office
    except NotThereError as missing:
        pytest.skip(str(missing))
