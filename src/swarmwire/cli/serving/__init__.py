"""Commands that stay and answer others: serve, embedded."""
