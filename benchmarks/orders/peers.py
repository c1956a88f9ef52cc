"""What the peers take for the same orders beside the floor, where their environment is there."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.orders.clock import SharedClock
from benchmarks.orders.floor import floor
from benchmarks.orders.platforms import Platforms, platforms

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
PEERS = {"singer": "carry_by_singer", "dlt": "carry_by_dlt"}
PAIR = "shopware-salespos"
FEW, MANY = 50, 250
"""Orders of two runs: what the second takes more is what orders take, without what every run takes once."""


def peer_costs(rounds: int) -> Mapping[str, Mapping[str, float]]:
    """CPU of each peer as a multiple of the floor: ``own`` without HTTP, and ``all``; empty where none is installed."""
    if not PYTHON.exists():
        return {}
    clock = SharedClock()
    with platforms(PAIR, clock) as sides:
        sides.place(MANY)
        floors, taken = [], []
        for number in range(rounds):
            floors.append(floor(PAIR, sides, MANY, f"F{number}-"))
            taken.append({peer: _run(peer, sides, f"{peer}{number}-") for peer in PEERS})
    least = median(floors)
    return {
        peer: {part: median(each[peer][part] for each in taken) / least for part in ("own", "all")} for peer in PEERS
    }


def _run(peer: str, sides: Platforms, prefix: str) -> Mapping[str, float]:
    """CPU seconds of one order. Raises subprocess.CalledProcessError."""
    job = {
        "shop": sides.settings["shop"]["settings"]["url"],
        "shop_keys": sides.another_key(),
        "office": sides.settings["office"]["settings"]["url"],
        "office_keys": sides.secrets["office"],
        "at": f"{sides.clock():%Y-%m-%dT%H:%M:%SZ}",
        "sizes": (FEW, MANY),
        "prefix": prefix,
    }
    before = sides.booked()
    asked = [str(PYTHON), "-m", f"benchmarks.peers.{PEERS[peer]}"]
    done = subprocess.run(asked, input=json.dumps(job), capture_output=True, text=True, cwd=ROOT, check=True)  # noqa: S603
    if sides.booked() - before < FEW + MANY:
        raise RuntimeError(f"{peer} carried {sides.booked() - before} orders: {done.stderr[-2000:]}")
    few, many = json.loads(done.stdout)
    return {part: (many[part] - few[part]) / (MANY - FEW) for part in many}
