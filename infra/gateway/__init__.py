"""The REST API before the Lambda, and the document that it is imported from."""
