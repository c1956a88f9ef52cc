"""What the bridge does with orders."""
