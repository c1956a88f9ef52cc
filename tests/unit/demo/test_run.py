import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sandbox.demo.__main__ import _all_pairs, app
from sandbox.demo.run import Choice, run
from sandbox.demo.screen import Screen
from sandbox.demo.side_by_side import _command, run_side_by_side, sensible
from sandbox.demo.story.csv_orders import UnreadableFileError
from sandbox.pairs.all_pairs import PAIRS
from shopbridge_cli.client import RefusedError


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
        (("--pair", "several", "--stay", "story"), "several is a story of its own: leave ORDERS, KEEP, STORY and"),
        (("--pair", "all", "--stay", "story"), "Only one pair can stay up: name it."),
        (("--orders", "mine.csv", "--stay", "connected"), "Orders of a file are played as a story: leave STORY and"),
        (("--orders", "mine.csv", "--stay", "empty"), "Orders of a file are played as a story: leave STORY and"),
    ],
)
def test_what_cannot_be_played_is_a_sentence(words: tuple[str, ...], said: str) -> None:
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert answer.output.startswith(said)


def test_all_means_every_platform_in_few_pairs() -> None:
    chosen = sensible(PAIRS)
    shops, offices = ({pair.split("-")[end] for pair in PAIRS} for end in (0, 1))
    assert {name for pair in chosen for name in pair.split("-")} == shops | offices
    assert (chosen[0], len(chosen)) == ("shopware-salespos", max(len(shops), len(offices)))


def test_all_plays_every_pair_and_few_of_them_on_the_embedded_aws(tmp_path: Path) -> None:
    pairs = _all_pairs(None)
    assert sorted(pairs) == sorted(PAIRS)
    choice = Choice(pairs, build=tmp_path)
    modules = [_command(choice, pair, tmp_path)[2] for pair in pairs]
    few = len(sensible(PAIRS))
    assert modules == ["sandbox.demo"] * few + ["sandbox.demo.quick"] * (len(PAIRS) - few)
    assert 3 * few < len(PAIRS)
    assert _all_pairs(tmp_path) == pairs[:few]


def test_pairs_that_bring_two_new_platforms_come_first() -> None:
    assert sensible(["a-x", "b-x", "b-y", "c-y"]) == ("a-x", "b-y", "c-y")


@pytest.mark.parametrize("crashes", [False, True])
def test_pairs_side_by_side_are_told_and_judged_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, crashes: bool
) -> None:
    def command(_: Choice, pair: str, folder: Path) -> list[str]:
        written = json.dumps({"pairs": {pair: {"placed": 1}}, "ok": True})
        ends = "sys.exit(3)" if crashes and pair == "b-y" else f"open('run.json', 'w').write({written!r})"
        return [sys.executable, "-c", f"import os, sys; print('played {pair}'); os.chdir({str(folder)!r}); {ends}"]

    monkeypatch.setattr("sandbox.demo.side_by_side._command", command)
    said = Screen(Console(file=io.StringIO(), width=100))
    assert run_side_by_side(Choice(("a-x", "b-y"), build=tmp_path), said) is not crashes
    result = json.loads((tmp_path / "run.json").read_text())
    assert (result["ok"], list(result["pairs"])) == (not crashes, ["a-x"] if crashes else ["a-x", "b-y"])
    told = said.console.file.getvalue()  # type: ignore[attr-defined]
    assert told.index("played a-x") < told.index("played b-y")
    assert ("b-y ended with 3." in told) is crashes
