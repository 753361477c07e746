"""A real browser: the main job from end to end, and every page measured as a person would meet it."""
