"""What operators ask for: set up, see, repair, take away."""
