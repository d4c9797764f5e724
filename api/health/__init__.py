"""Whether the service answers."""
