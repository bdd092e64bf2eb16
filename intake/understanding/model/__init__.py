"""What is learned from labelled messages: how it is made, kept and asked."""
