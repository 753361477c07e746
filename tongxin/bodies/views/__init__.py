"""Pages of bodies: the tree, one body, and what is entered there."""
