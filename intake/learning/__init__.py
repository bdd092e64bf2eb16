"""Learn from what agents say that requests are about."""
