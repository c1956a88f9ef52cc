"""What can be played in the demo's world."""

from typing import Any, Protocol

from sandbox.demo.judgement.brought import Brought
from sandbox.demo.judgement.goods import Goods
from sandbox.demo.judgement.verdict import Verdict


class Play(Protocol):
    """Orders, and what has to become of them."""

    def settings(self) -> dict[str, Any]:
        """The connection's parts: ``orders``, and where they travel ``stock`` and ``products``."""

    def prepare(self) -> None:
        """Before the connection is made: fill both catalogues."""

    def play(self) -> None:
        """Place the orders and wait until nothing moves any more."""

    def judge(self, verdict: Verdict) -> tuple[str, ...]:
        """What was to be seen and was not, as sentences."""

    def judge_goods(self) -> Goods | Brought | None:
        """How stock, prices and products stand; None where they do not travel. Called before ``judge``."""
