"""The emulated platforms, one package or module each, named like the connector."""
