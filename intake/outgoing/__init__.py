"""What leaves: the jobs, their attempts, what became of them."""
