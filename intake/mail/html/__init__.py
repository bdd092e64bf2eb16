"""HTML mails: as text that reads well, and as HTML that is safe to keep."""
