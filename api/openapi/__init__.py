"""The contract engine: an OpenAPI 3.0 document, compiled, that requests and responses are validated against.

It imports nothing else of this project, and of other projects jsonschema_rs and orjson only.
"""
