"""Sales of Tryton: creating and finding them, telling what became of them there, and being told of changes."""
