"""In and out, the second factor, one's own log-in."""
