"""Stand-ins for what the Lambda calls, each held equal to the real thing or to a better known stand-in by a test."""
