"""The shop platform Cartum, which is Horoshop outside Ukraine."""
