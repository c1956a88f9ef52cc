"""How it all does: connections, runs, the log and the deployment."""
