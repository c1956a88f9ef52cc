"""What the bridge does with stock."""
