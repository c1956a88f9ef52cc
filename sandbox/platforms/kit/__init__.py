"""What every emulated platform shares: mechanics only, and no platform's meaning.

An emulator is one object with state and a WSGI ``app``. Tests call it in-process through
``in_process``; the demo serves the same object on loopback through ``Loopback``.
"""

from sandbox.platforms.kit.clocks import ManualClock, Windows, wall_clock
from sandbox.platforms.kit.faults import LOST_ANSWER, CallCount, Faults
from sandbox.platforms.kit.wsgi import Loopback, in_process

__all__ = [
    "LOST_ANSWER",
    "CallCount",
    "Faults",
    "Loopback",
    "ManualClock",
    "Windows",
    "in_process",
    "wall_clock",
]
