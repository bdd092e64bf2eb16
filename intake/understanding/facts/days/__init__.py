"""Find the day of a purchase."""
