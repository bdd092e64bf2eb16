"""How updates come in: fetched or brought, kept in order, sent where they belong."""
