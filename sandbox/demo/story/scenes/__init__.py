"""The scenes of the story, one after another."""
