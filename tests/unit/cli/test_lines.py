import io

from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from shopbridge_cli.lines import Indented

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=20).map(" ".join)


def lines(text: str, width: int, indent: int, hanging: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(Indented(Text(text), indent, hanging))
    return out.getvalue().splitlines()


def test_the_first_line_has_the_room_that_the_others_lose() -> None:
    assert lines("08:17  The answer was lost", 20, 2, 7) == ["  08:17  The answer", "         was lost"]


@given(text=WORDS, width=st.integers(20, 60), indent=st.integers(0, 4), hanging=st.integers(0, 8))
@example(text="aaaaaa aaaaaa", width=20, indent=4, hanging=8)
def test_no_word_is_lost_and_every_line_has_its_indent(text: str, width: int, indent: int, hanging: int) -> None:
    first, *rest = lines(text, width, indent, hanging)
    assert " ".join([first, *rest]).split() == text.split()
    assert first.startswith(" " * indent)
    assert all(line.startswith(" " * (indent + hanging)) for line in rest)
    assert all(len(line) <= width for line in (first, *rest))
