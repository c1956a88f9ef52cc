"""Products of RO App: read, and written where the settings allow it."""
