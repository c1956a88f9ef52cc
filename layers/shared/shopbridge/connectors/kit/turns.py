"""Orders that nobody can be asked the changes of: read again in turns, and told apart by their content.

Time is cut into pieces of two days, and whose turn it is the clock says, for nothing is remembered between two polls.
An order's piece is always the same, and 31 is prime: whatever the minutes between two polls, every piece of the two
months has its turn. With a poll every 5 minutes a change is seen within about two and a half hours.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

PIECE = timedelta(days=2)
PIECES = 31
REACH = (PIECES + 1) * PIECE
"""How far back the oldest piece lies that has its turn."""
TURN = timedelta(minutes=5)
"""How long a piece has its turn; turns change in the middle between two polls of the schedule."""
DIGEST = 16
"""Characters of a content's digest: enough that two versions of one order never share it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def piece_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end of the piece of time whose turn it is."""
    turn = (now - EPOCH - TURN / 2) // TURN
    newest = (now - EPOCH) // PIECE
    piece = newest - (newest - turn) % PIECES
    return EPOCH + piece * PIECE, EPOCH + (piece + 1) * PIECE


def revision_of(now: datetime, content: str) -> str:
    """Return the moment of reading and a digest of what was read, of a shop that tells no time of change."""
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{moment}#{digest_of(content)}"


def digest_of(content: str) -> str:
    """Return what stands for a content."""
    return sha256(content.encode(errors="replace")).hexdigest()[:DIGEST]
