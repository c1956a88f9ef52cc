"""What connectors have in common: small pieces without any platform in them, and nothing to inherit from."""
