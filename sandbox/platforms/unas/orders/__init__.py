"""Orders: how they come into being, how they look, and what calls do with them."""
