"""What an operator may ask for about runs."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from shopbridge.model.desk_operations import OPERATOR, By, OfConnection
from shopbridge.model.run import RunKind

Token = Annotated[str, Field(max_length=100)]
"""What was told with what would be overwritten, given back to agree to it."""


class StartRun(OfConnection):
    """Start a run at once: send stock differences, compare all stock, import products or orders.

    Refused while one of the kind is active.

    Attributes:
        afresh: Take everything for changed, whatever was sent before.
        since: Orders only: take those placed since then, instead of what a first import takes.
        consent: Products only: what the answer to the same request without it told. Without it nothing is started, and
            the answer tells what would be overwritten.
    """

    operation: Literal["start_run"]
    job: RunKind
    by: By = OPERATOR
    afresh: bool = False
    since: AwareDatetime | None = None
    consent: Token = ""

    @model_validator(mode="after")
    def _fits_the_job(self) -> Self:
        if self.since is not None and self.job != "orders":
            raise ValueError("only a run of orders begins at a day; leave `since` out")
        if self.afresh and self.job == "orders":
            raise ValueError("no order is ever created twice; leave `afresh` out")
        return self


class InitialSync(OfConnection):
    """Verify, then start a run of all that the connection carries, products first. Refused while one is active.

    Attributes:
        consent: As of a run of products, where the connection carries them.
    """

    operation: Literal["initial_sync"]
    consent: Token = ""
    by: By = OPERATOR


class GiveConsent(OfConnection):
    """Tell what runs of products overwrite; with the ``consent`` that was told, agree to it. They wait until then."""

    operation: Literal["consent"]
    consent: Token = ""
    by: By = OPERATOR


class StopRun(OfConnection):
    """Let a run stop after what it is just doing."""

    operation: Literal["stop_run"]
    job: RunKind
    by: By = OPERATOR


class ResumeRun(OfConnection):
    """Let a stopped run go on where it stopped."""

    operation: Literal["resume_run"]
    job: RunKind
    by: By = OPERATOR


class ListRuns(OfConnection):
    """The newest run of each kind, with progress and problems."""

    operation: Literal["runs"]
