"""A container as a function opens it: what it keeps to itself, and what it does not spend."""

import logging
from collections.abc import Iterator

import pytest

from shopbridge.http import pools
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from shopbridge.wiring import LIBRARIES, Container, GivenSecrets, open_container


@pytest.fixture
def container(environment: Environment) -> Container:
    named = {name: str(field.validation_alias) for name, field in Environment.model_fields.items()}
    return open_container({variable: str(getattr(environment, name)) for name, variable in named.items()})


@pytest.fixture
def root_at_debug() -> Iterator[None]:
    """What Lambda makes of ``ApplicationLogLevel: DEBUG``."""
    levels = {name: logging.getLogger(name).level for name in ("", *LIBRARIES)}
    logging.getLogger().setLevel(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("root_at_debug")
def test_no_log_level_makes_libraries_write_secrets_down(
    container: Container, connection_id: ConnectionId, caplog: pytest.LogCaptureFixture
) -> None:
    credentials = container.store.credentials
    credentials.write(connection_id, "shop", {"client_secret": "not-for-logs"})
    assert credentials.read_now(connection_id, "shop") == {"client_secret": "not-for-logs"}
    assert "not-for-logs" not in caplog.text


def test_a_function_that_calls_no_platform_reads_no_certificates(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(pools, "_certificates", lambda: read.append("certificates"))
    assert container.bridge.platforms is not None
    assert read == []


def test_secrets_that_are_tried_out_do_not_show() -> None:
    assert "not-for-logs" not in repr(GivenSecrets({"client_secret": "not-for-logs"}))
