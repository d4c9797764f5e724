"""The image that the Lambda runs: what it is built from, and where it is kept."""
