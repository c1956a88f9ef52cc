"""Calls from outside that must not be taken, and those that must."""
