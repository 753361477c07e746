"""Rows that are valid, made through actions. One module a noun; import what you need."""
