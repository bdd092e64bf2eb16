"""A long random story: customers, agents and faults around the real program, and laws that hold at its end."""
