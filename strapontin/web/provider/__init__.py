"""What only the provider does: billing runs."""
