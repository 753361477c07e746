"""Journeys through HTTP, each named for the promise it keeps. `doors` finds every route by itself, new ones too."""
