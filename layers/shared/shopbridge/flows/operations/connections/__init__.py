"""Connections as operators see to them: set up, checked, changed, shared, let go."""
