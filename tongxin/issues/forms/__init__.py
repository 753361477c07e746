"""Shapes of what is handed in, by who hands it in."""
