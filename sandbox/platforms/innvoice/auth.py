"""Who may call: a user name and a password, of one company."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.platforms.innvoice.errors import not_found, unauthorised
from sandbox.platforms.kit.credentials import basic


@dataclass
class Access:
    """The credentials InnVoice gave the company.

    Args:
        company: The registration name; one client's user name is the same, another's is not (client S1, S3).
        refusals: How many calls got a 401 so far.
        withheld: They let nobody in.
    """

    company: str
    user: str
    password: str
    refusals: int = 0
    withheld: bool = False

    def admit(self, company: str, headers: Mapping[str, str]) -> None:
        """Let the caller in.

        Raises:
            ApiError: 404 for a company nobody knows, 401 for wrong credentials.
        """
        if company != self.company:
            raise not_found(f"company {company}")
        if self.withheld or basic(headers.get("authorization", "")) != (self.user, self.password):
            self.refusals += 1
            raise unauthorised()
