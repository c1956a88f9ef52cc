"""What is wrong with a connection's settings, told all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopbridge.errors import BridgeError
from shopbridge.mapping.names import folded


@dataclass(frozen=True)
class RuleProblem:
    """One thing to repair.

    Attributes:
        where: The setting, for example ``field rule 2 (orderrows[].memo)``.
        what: A sentence without a final full stop.
        fix: What to do, a full sentence.
    """

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class BadSettings(BridgeError):  # noqa: N818 - named by consequence, as all errors here
    """The settings cannot be saved; ``problems`` lists every reason."""

    def __init__(self, problems: Sequence[RuleProblem]) -> None:
        super().__init__(
            "; ".join(f"{problem.where}: {problem.what}" for problem in problems),
            where="connection settings",
            fix=" ".join(dict.fromkeys(problem.fix for problem in problems)),
        )
        self.problems = tuple(problems)


def nearest(text: str, known: Iterable[str]) -> str:
    """The word that is most like ``text``, however both are written; empty when none is."""
    from difflib import get_close_matches

    spelled = {folded(each): each for each in known}
    close = get_close_matches(folded(text), spelled, n=1)
    return spelled[close[0]] if close else ""
