"""Orders as operators see to them: found, explained, tried again, held against both sides."""
