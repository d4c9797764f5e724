"""The change feed: what changed since a client last asked, so that it can keep a copy."""
