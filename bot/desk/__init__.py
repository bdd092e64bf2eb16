"""The agents' forum group: what is shown there, and what agents say and press. A picture of the database."""
