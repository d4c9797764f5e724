"""Schemathesis sends NDJSON as text. In a run of its own it reads this module by an environment variable."""

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
