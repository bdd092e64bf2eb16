"""Find the numbers of orders, articles and single pieces."""
