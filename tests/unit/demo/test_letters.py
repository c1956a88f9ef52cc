"""The demo's judge of letters: each buyer has each document once, whole, and nobody has one too many."""

from email.message import EmailMessage

import pytest

from sandbox.demo.judgement.verdict import Standing
from sandbox.demo.letters import Received, received, wrong

DONE, SKIPPED = Standing("DONE"), Standing("SKIPPED", "cancelled")


def letter(order: str, *files: bytes) -> str:
    made = EmailMessage()
    made["Subject"] = f"{order}: számla"
    made.set_content("Kedves Anna!")
    for file in files:
        made.add_attachment(file, maintype="application", subtype="pdf", filename="1.pdf")
    return made.as_bytes().decode()


def test_letters_are_read_as_they_came() -> None:
    raw = [letter("1", b"%PDF-1.4"), letter("2"), letter("3", b"<html>"), letter("4", b"%PDF-1", b"%PDF-2")]
    assert list(received(raw)) == [
        Received("1", is_whole=True),
        Received("2", is_whole=False),
        Received("3", is_whole=False),
        Received("4", is_whole=False),
    ]


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        (["1"], []),
        ([], ["Of order 1 0 documents were mailed, and 1 should be."]),
        (["1", "1"], ["Of order 1 2 documents were mailed, and 1 should be."]),
        (["1", "2"], ["Of order 2 1 documents were mailed, and 0 should be."]),
    ],
)
def test_each_order_that_is_there_has_one_letter(letters: list[str], told: list[str]) -> None:
    got = [Received(order, is_whole=True) for order in letters]
    assert list(wrong(got, {"1": DONE, "2": SKIPPED})) == told


def test_a_letter_without_its_document_is_told() -> None:
    assert list(wrong([Received("1", is_whole=False)], {})) == ["1 letters came without their document."]
