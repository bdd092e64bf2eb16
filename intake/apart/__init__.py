"""Work on hostile bytes in processes of its own, which may die of it."""
