"""The docs page at `/docs`, and what it loads."""
