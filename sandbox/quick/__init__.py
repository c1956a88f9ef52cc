"""A stack in one process, on a clock that nobody waits for: the real functions on an AWS made of dicts."""
