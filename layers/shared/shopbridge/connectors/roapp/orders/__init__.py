"""Work orders of RO App: creating and finding them, telling what became of them there, and being told of changes."""
