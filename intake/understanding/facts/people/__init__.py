"""Find how the writer is called."""
