"""Words as values: occasions, formatting, subject lines, letters that deceive."""
