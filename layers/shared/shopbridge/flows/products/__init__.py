"""What the bridge does with products."""
