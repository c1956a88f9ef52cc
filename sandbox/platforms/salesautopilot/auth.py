"""Who may call: an API key pair of the account, in a Basic header (S1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.platforms.kit.credentials import basic
from sandbox.platforms.salesautopilot.errors import ApiError

CHALLENGE = {"www-authenticate": 'Basic realm="SalesAutopilot"'}


@dataclass
class Access:
    """The key pairs by user name; each reaches the whole account.

    Args:
        refusals: How many calls got a 401 so far.
        withheld: None of them lets anybody in.
    """

    keys: dict[str, str] = field(default_factory=dict)
    refusals: int = 0
    withheld: bool = False

    def admit(self, headers: Mapping[str, str]) -> None:
        """Let a caller with a key pair in.

        Raises:
            ApiError: 401.
        """
        name, password = basic(headers.get("authorization", "")) or ("", "")
        if not name or self.keys.get(name) != password or self.withheld:
            raise self.refuse()

    def refuse(self) -> ApiError:
        """A 401."""
        self.refusals += 1
        return ApiError("wrong user name or password", 401, headers=CHALLENGE)
