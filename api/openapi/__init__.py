"""The contract engine: an OpenAPI 3.0 document, compiled, that requests and responses are validated against."""
