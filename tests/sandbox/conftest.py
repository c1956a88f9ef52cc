from collections.abc import Iterator

import pytest

from sandbox.aws.moto import MotoProcess


@pytest.fixture(scope="session")
def moto() -> Iterator[MotoProcess]:
    """One moto process for all stacks of a session: it takes two seconds to start."""
    with MotoProcess() as running:
        yield running
