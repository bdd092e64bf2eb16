"""Faults of what the program stands on: its database, its disk, its clock, its relay, its own end."""
