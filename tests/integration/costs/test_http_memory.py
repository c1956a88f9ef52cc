"""The worst answers take less than half of a function's memory: each is read in a process of its own, and measured."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]

READ = """
import itertools, sys, zlib
import boto3, httpx
import shopbridge.wiring
from shopbridge.errors import BridgeError
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient, Wiring
from shopbridge.http.guard import PoolPerName

class Free:
    def take(self, bucket, calls, seconds): ...
    def pause(self, bucket, seconds): ...
    def remaining(self): return 60.0

class Body(httpx.SyncByteStream):
    def __iter__(self):
        yield from PIECES

def packed(pieces):
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()

def listed(row, times, last="1", at_once=1000):
    yield b"["
    for _ in range(times // at_once):
        yield row.encode() * at_once
    yield last.encode() + b"]"

def xml(element, times):
    yield b"<r>"
    for _ in range(times // 1000):
        yield element * 1000
    yield b"</r>"

ZEROS = itertools.repeat(b"0" * 100_000, 3_000)
HEADERS, PIECES = eval(sys.argv[1])
reply = httpx.Response(200, headers={"content-type": "application/json", **HEADERS}, stream=Body())
http = httpx.Client(transport=PoolPerName(lambda: httpx.MockTransport(lambda _: reply)))
client = PlatformClient("Shop", "https://shop.example", httpx.Auth(), Wiring(http, Free(), Free()))
KIND = HEADERS.get("content-type", "application/json")
try:
    answer = client.send(Call("GET", "/", headers={"Accept": KIND}))
    body = answer.xml() if "xml" in KIND else answer.json()
    print("read" if body is not None else "no data")
except BridgeError as error:
    print(error.what)
# VmHWM begins anew with the process; ru_maxrss would begin with what pytest itself has taken.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""
GZIP = '{"content-encoding": "gzip"}'
XML = '{"content-type": "text/xml"}'


def _memory() -> Iterator[int]:
    """Megabytes of the smallest function."""

    class Loader(yaml.SafeLoader):
        """Takes CloudFormation's own tags."""

    Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader)  # noqa: S506 - a SafeLoader
    yield template["Globals"]["Function"]["MemorySize"]
    for resource in template["Resources"].values():
        if "MemorySize" in resource.get("Properties", {}):
            yield resource["Properties"]["MemorySize"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(f"({GZIP}, packed(packed(ZEROS)))", "no data", id="gzip in gzip"),
        pytest.param(f"({GZIP}, packed(ZEROS))", "larger than", id="300 MB of zeros"),
        pytest.param("({}, listed('[],', 13_000_000))", "larger than", id="39 MB of []"),
        pytest.param("({}, listed('[],', 3_999_000))", "more than 500000 values", id="12 MB of []"),
        pytest.param("({}, listed('{\"a\":1.1111111},', 249_000, '\"\\N{GRINNING FACE}\"'))", "read", id="objects"),
        pytest.param("({}, ['[\"'.encode(), '\\N{GRINNING FACE}'.encode() * 2_900_000, b'\"]'])", "read", id="texts"),
        pytest.param(f"({XML}, xml(b'<a/>', 2_990_000))", "more than 400000 values", id="12 MB of <a/>"),
        pytest.param(f"({XML}, xml(b'<a>1.1</a>', 390_000))", "read", id="elements"),
        pytest.param(f"({XML}, xml(b'<a b=\"1\"/>', 390_000))", "read", id="attributes"),
        pytest.param(f"({XML}, xml(b'<p><Nev>x</Nev><Ar>1</Ar></p>', 130_000))", "read", id="rows"),
    ],
)
def test_no_answer_takes_half_of_what_a_function_has(answer: str, outcome: str) -> None:
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", READ, answer],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/shared"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told, peak = run.stdout.splitlines()
    assert outcome in told
    assert int(peak) < min(_memory()) / 2
