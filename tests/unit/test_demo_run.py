import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.client import RefusedError
from sandbox.demo.__main__ import app
from sandbox.demo.csv_orders import UnreadableFileError
from sandbox.demo.run import Choice, run
from sandbox.demo.screen import Screen


@pytest.fixture
def screen() -> Screen:
    return Screen(Console(file=io.StringIO()))


def test_nothing_starts_when_the_result_cannot_be_written(tmp_path: Path, screen: Screen) -> None:
    (tmp_path / "build").write_text("in the way")
    with pytest.raises(RefusedError, match="build cannot be written"):
        run(Choice(build=tmp_path / "build"), screen)


def test_nothing_starts_when_the_orders_cannot_be_read(tmp_path: Path, screen: Screen) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        run(Choice(orders=tmp_path / "absent.csv", build=tmp_path / "build"), screen)


def test_a_run_that_fails_leaves_no_earlier_result(tmp_path: Path, screen: Screen) -> None:
    (tmp_path / "run.json").write_text('{"ok": true}')
    with pytest.raises(UnreadableFileError):
        run(Choice(orders=tmp_path / "absent.csv", build=tmp_path), screen)
    assert not (tmp_path / "run.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pair", "gomag-abacus"), "There is no pair 'gomag-abacus'. Choose one of: shopware-salespos, gomag-"),
        (("--pair", "all", "--keep"), "Only one pair can stay up: name it."),
    ],
)
def test_what_cannot_be_played_is_a_sentence(words: tuple[str, ...], said: str) -> None:
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert answer.output.startswith(said)
