"""The emulated Tryton."""

from sandbox.platforms.tryton.emulator import DATABASE, PASSWORD, USER, TrytonEmulator

__all__ = ["DATABASE", "PASSWORD", "USER", "TrytonEmulator"]
