"""A message comes in: whose it is, where it belongs, what follows."""
