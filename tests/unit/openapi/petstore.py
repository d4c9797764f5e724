"""A contract that is not this project's: what the engine's own tests compile."""

from typing import Any

from api.openapi.contract import Contract

PET = {"$ref": "#/components/schemas/Pet"}
JSON_PET = {"application/json": {"schema": PET}}
TEXT = {"schema": {"type": "string", "minLength": 3}}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Petstore", "version": "2.1.0"},
    "security": [{"key": []}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "list_pets",
                "security": [],
                "parameters": [
                    {"$ref": "#/components/parameters/Limit"},
                    {"name": "kind", "in": "query", "schema": {"$ref": "#/components/schemas/Kind"}},
                ],
                "responses": {
                    "200": {
                        "description": "Pets.",
                        "headers": {"Link": {"$ref": "#/components/headers/Link"}},
                        "content": {
                            "application/json": {"schema": {"type": "array", "items": PET}},
                            "text/csv": TEXT,
                        },
                    },
                    "4XX": {"description": "Refused.", "content": {"text/plain": TEXT}},
                    "default": {"$ref": "#/components/responses/Failed"},
                },
            },
            "post": {
                "operationId": "import_pets",
                "requestBody": {"$ref": "#/components/requestBodies/Pets"},
                "responses": {
                    "201": {
                        "description": "Imported.",
                        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
                        "content": JSON_PET,
                    }
                },
            },
        },
        "/pets/{pet_id}": {
            "parameters": [
                {"name": "pet_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
                {"name": "verbose", "in": "query", "schema": {"type": "boolean", "default": False}},
            ],
            "get": {
                "operationId": "get_pet",
                "parameters": [{"name": "verbose", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "A pet.", "content": JSON_PET},
                    "304": {"description": "Not modified."},
                },
            },
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 5},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "weight": {"type": "number", "nullable": True},
                    "parent": PET,
                },
            },
            "Kind": {"type": "string", "enum": ["cat", "dog"]},
        },
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}}},
        "headers": {"Link": {"schema": {"type": "string"}}},
        "requestBodies": {
            "Pets": {
                "required": True,
                "content": {
                    **JSON_PET,
                    "application/vnd.pet+json": {"schema": PET},
                    "text/csv": TEXT,
                    "application/x-ndjson": TEXT,
                },
            }
        },
        "responses": {"Failed": {"description": "Failed.", "content": {"application/json": {"schema": PET}}}},
    },
}


def petstore() -> Contract:
    """Return the contract, compiled."""
    return Contract(DOCUMENT)
