"""Database backends of ours: Django's, with one thing changed each."""
