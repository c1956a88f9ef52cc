"""Errors, named by what the caller should do.

BridgeError
├── RetryLater        the other side is busy or away: the queue tries again after a delay
│   ├── LimitReached  our share of a platform's limit is used up: it is waited for, and nothing has failed
│   ├── Throttled     the platform itself said so: nobody calls it before
│   ├── Unfinished    it broke down over the call or took too long: asking for less may help
│   └── Obstructed    something else answers in its place, or nobody by its name: a reason to stop only when it lasts
├── Held              this record waits for a person
│   └── Unmapped      a value has no entry in a map: names the key to add
├── Rejected          the target refused this record for good
├── NeedsAttention    credentials, rights or address are wrong: the connection stops
├── AlreadyDone       the effect is there already: success
├── OutcomeUnknown    the call may have taken effect: look before repeating
│   └── AskAPerson    and nothing but a person's look can tell
├── Conflict          somebody else wrote in between: read again
├── NotFound          nothing has the name that was asked for
├── Senseless         what was asked for cannot be meant like that
├── Forged            a caller could not prove who it is (401)
└── Malformed         a body that cannot be read (400)

Anything else is a bug and may crash the unit of work.
"""


class BridgeError(Exception):
    """Something a person may have to read.

    Args:
        what: What happened, as a sentence without a final full stop.
        where: The system or record it happened at, for example ``Shopware order 10042``.
        fix: What the reader can do about it, as a full sentence.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.fix}" if self.fix else ""
        return f"{self.what}{place}.{advice}"


class RetryLater(BridgeError):  # noqa: N818 - named by consequence, as all errors here
    """The other side is busy or away; try again after ``after`` seconds."""

    def __init__(self, what: str, *, after: float, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.after = after


class LimitReached(RetryLater):
    """What we may ask of a platform is given out for the next ``after`` seconds; no call was made."""


class Throttled(RetryLater):
    """The platform asked for a pause of ``after`` seconds: of these ``buckets``, or of all the call drew from."""

    def __init__(
        self, what: str, *, after: float, buckets: tuple[str, ...] = (), where: str = "", fix: str = ""
    ) -> None:
        super().__init__(what, after=after, where=where, fix=fix)
        self.buckets = buckets


class Unfinished(RetryLater):
    """The platform broke down over a call, took too long, or answered more than we take; asking for less may help."""


class Obstructed(RetryLater):
    """Something else answered in the platform's place (a page, a firewall, a redirect), or its name leads nowhere.

    Mostly a matter of minutes; when it lasts, somebody has to look at the address, as with NeedsAttention.
    """


class Held(BridgeError):  # noqa: N818
    """This record waits for a person. ``code`` is stable and groups the reasons."""

    def __init__(self, what: str, *, code: str, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.code = code


class Unmapped(Held):
    """A value has no entry in a map of the connection's settings.

    Args:
        table: The map, as in the settings: ``payment``, ``shipping``, ``status``, ``tax``.
        value: The key to add.
    """

    def __init__(self, table: str, value: str, *, where: str = "") -> None:
        super().__init__(
            f"The {table} {value!r} has no entry in the map",
            code=f"unmapped_{table}",
            where=where,
            fix=f"Add the key {value!r} to orders.maps.{table} of the connection, then resend the order.",
        )
        self.table = table
        self.value = value


class Rejected(BridgeError):  # noqa: N818
    """The target refused this record for good. ``code`` is the platform's own code."""

    def __init__(self, what: str, *, code: str, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.code = code


class NeedsAttention(BridgeError):  # noqa: N818
    """Credentials, rights or address are wrong: the connection stops until a person acts.

    Args:
        setting: The setting of the side that is wrong, where it is one of these rather than the credentials.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "", setting: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.setting = setting


class AlreadyDone(BridgeError):  # noqa: N818
    """The effect is there already; ``external_id`` names it when known."""

    def __init__(self, what: str, *, external_id: str = "", where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.external_id = external_id


class OutcomeUnknown(BridgeError):  # noqa: N818
    """The call may have taken effect; look in the target before repeating it."""


class AskAPerson(OutcomeUnknown):
    """The call may have taken effect, and neither a search nor a repetition tells: somebody has to look there."""


class Conflict(BridgeError):  # noqa: N818
    """Somebody else wrote the same record in between; read it again and decide anew."""


class NotFound(BridgeError):  # noqa: N818
    """Nothing has the name that was asked for."""


class Senseless(BridgeError):  # noqa: N818
    """What was asked for cannot be meant like that. ``problems`` are whole sentences, each with what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems).removesuffix("."))
        self.problems = problems


class Forged(BridgeError):  # noqa: N818
    """A caller could not prove who it is: wrong, missing or stale signature."""


class Malformed(BridgeError):  # noqa: N818
    """A body from outside that cannot be read."""


LONGEST_PAUSE = 3600.0
"""Seconds between two tries at the most."""
AFTER_A_CONFLICT = 5.0
"""Seconds after which a record that somebody else wrote is looked at anew."""


def back_off(after: float, tries: int) -> int:
    """Return seconds to wait: what was asked for at first, then doubling, an hour at the most."""
    return int(min(max(after, 1) * 2 ** min(max(tries - 3, 0), 12), LONGEST_PAUSE)) + 1
