"""`connect` and `edit`: what they ask, part by part."""
