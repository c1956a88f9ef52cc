"""The whole bridge on this machine, with orders to watch: ``python -m sandbox.demo``."""
