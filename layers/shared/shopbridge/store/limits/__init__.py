"""How the limits of platforms are shared by all containers: buckets, and the line of those that wait for them."""
