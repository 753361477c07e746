"""The scenes, in the order in which they are played, each through the apps' actions with the clock held at its day."""
