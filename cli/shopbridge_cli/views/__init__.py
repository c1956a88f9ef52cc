"""How answers look to people, at 80 columns."""
