"""What is kept of a connection: settings and secrets, how it does, and the access tokens of its sides."""
