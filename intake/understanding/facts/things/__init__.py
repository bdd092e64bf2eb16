"""Find the models of things."""
