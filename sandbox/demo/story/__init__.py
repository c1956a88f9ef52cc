"""What can be played in a world: the scripted story with its scenes, or the orders of a file."""
