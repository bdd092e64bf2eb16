"""Find postal addresses."""
