"""Containers that die before and after each outside call, and workers that race."""
