"""Platforms that lie to every read of every connector, and addresses that no call may leave for."""
