"""The body of an answer, unpacked and counted as it comes: a small answer may not become much memory."""

import zlib
from collections.abc import Iterator
from typing import cast

import httpx

LARGEST_ANSWER = 12_000_000
"""Bytes, unpacked. A page is 1 to 3 MB, and JSON takes up to ten times its size once it is read; a function has 512 MB,
of which an answer may take less than half (tests/integration/costs/test_http_memory.py)."""
LARGEST_RECEIPT = 1_000_000
"""Bytes of the answer to a single write."""
LARGEST_TOKEN = 64_000
"""Bytes of the answer to a login."""
PACKINGS = frozenset({"gzip", "x-gzip"})
"""What we ask for; whatever else comes was not asked for."""
PIECE = 65_536
_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(httpx.ReadError):
    """The answer is larger than its call may be answered with."""


def bounded(response: httpx.Response, most: int) -> httpx.Response:
    """Return the response with a body that is unpacked here, at most ``most`` bytes.

    The library would unpack each piece whole, whatever it grows to, and packings within packings.

    Raises:
        httpx.DecodingError: It is packed in a way we did not ask for, or more than once.
    """
    stream = cast("httpx.SyncByteStream", response.stream)
    named = response.headers.get_list("content-encoding", split_commas=True)
    packings = [name for each in named if (name := each.strip().lower()) not in ("", "identity")]
    if len(packings) > 1 or not PACKINGS.issuperset(packings):
        stream.close()
        raise httpx.DecodingError(f"The answer is packed in a way we did not ask for: {', '.join(packings)[:100]}")
    response.headers.pop("content-encoding", None)
    response.stream = BoundedStream(stream, packed=bool(packings), most=most)
    return response


class BoundedStream(httpx.SyncByteStream):
    """The pieces of a body, at most ``most`` bytes after unpacking."""

    def __init__(self, inner: httpx.SyncByteStream, *, packed: bool, most: int) -> None:
        self._inner = inner
        self._packed = packed
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        """The pieces. Raises TooLarge, or httpx.DecodingError for what cannot be unpacked or is cut off."""
        size = 0
        for piece in _unpacked(self._inner) if self._packed else self._inner:
            size += len(piece)
            if size > self._most:
                raise TooLarge(f"The answer is larger than {self._most} bytes")
            yield piece

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()


def _unpacked(pieces: httpx.SyncByteStream) -> Iterator[bytes]:
    """Unpack gzip, never more than ``PIECE`` bytes at once."""
    unpacker = zlib.decompressobj(_GZIP)
    for piece in pieces:
        rest = piece
        while rest:
            yield _unpack(unpacker, rest)
            rest = unpacker.unconsumed_tail
        if unpacker.unused_data:
            raise httpx.DecodingError("The answer goes on after the end of what was packed")
    if not unpacker.eof:
        raise httpx.DecodingError("The packed answer is cut off")


def _unpack(unpacker: "zlib._Decompress", piece: bytes) -> bytes:
    try:
        return unpacker.decompress(piece, PIECE)
    except zlib.error as error:
        raise httpx.DecodingError("The answer cannot be unpacked") from error
