"""`make bench`: how fast it is, as ratios to a bare Django on the same machine in the same run. JSON lines."""
