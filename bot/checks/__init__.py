"""What `intake-bot check` looks at: it changes nothing, and says what is missing and what to do."""
