"""What is packed is unpacked piece by piece, counted, and at most once."""

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from shopbridge.http import bodies
from shopbridge.http.bodies import TooLarge, bounded


class Pieces(httpx.SyncByteStream):
    """A body in pieces; notes how many were asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.taken = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece

    def close(self) -> None:
        self.closed = True


def read(stream: httpx.SyncByteStream, *encodings: str, most: int = 100) -> bytes:
    headers = [("content-encoding", encoding) for encoding in encodings]
    return bounded(httpx.Response(200, headers=headers, stream=stream), most).read()


def test_a_plain_body_may_be_as_large_as_its_call_says_and_not_a_byte_more() -> None:
    assert read(Pieces(b"123", b"45"), most=5) == b"12345"
    with pytest.raises(TooLarge, match="larger than 5 bytes"):
        read(Pieces(b"123", b"456"), most=5)


@pytest.mark.parametrize("name", ["gzip", "GZIP", "x-gzip", "identity, gzip"])
def test_a_packed_body_is_unpacked_here(name: str) -> None:
    packed = gzip.compress(b'{"price": 8.1}')
    assert read(Pieces(packed[:7], b"", packed[7:]), name) == b'{"price": 8.1}'


@pytest.mark.parametrize("encodings", [("gzip, gzip",), ("gzip", "gzip"), ("br",), ("deflate",), ("zstd, gzip",)])
def test_packings_within_packings_and_those_nobody_asked_for_are_refused(encodings: tuple[str, ...]) -> None:
    stream = Pieces(gzip.compress(b"{}"))
    with pytest.raises(httpx.DecodingError, match="did not ask for"):
        read(stream, *encodings)
    assert (stream.taken, stream.closed) == (0, True)


def test_a_small_answer_does_not_become_a_large_one() -> None:
    packed = gzip.compress(b"0" * 2_000_000)
    stream = Pieces(*(packed[start : start + 100] for start in range(0, len(packed), 100)))
    with pytest.raises(TooLarge):
        read(stream, "gzip", most=100_000)
    assert stream.taken <= 3


def test_no_more_is_unpacked_at_once_than_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PIECE", 10)
    response = bounded(
        httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces(gzip.compress(b"0" * 95))), 100
    )
    assert isinstance(response.stream, httpx.SyncByteStream)
    assert max(map(len, response.stream)) == 10


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (b"no gzip", "cannot be unpacked"),
        (gzip.compress(b"[1]", mtime=0)[:-3], "cut off"),
        (b"", "cut off"),
        (gzip.compress(b"[1]", mtime=0) + b"more", "goes on"),
        (zlib.compress(b"[1]"), "cannot be unpacked"),
    ],
)
def test_what_cannot_be_unpacked_whole_is_told(packed: bytes, words: str) -> None:
    with pytest.raises(httpx.DecodingError, match=words):
        read(Pieces(packed), "gzip")
