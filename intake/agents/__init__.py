"""What agents say and do."""
