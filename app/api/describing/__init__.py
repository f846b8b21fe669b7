"""The API in OpenAPI 3.1, written from the descriptions of objects and the map of addresses."""
