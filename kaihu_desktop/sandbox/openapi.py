"""The OpenAPI document of the contract, as checked in as resources/openapi.yaml."""

from __future__ import annotations

from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kaihu_desktop.sandbox.wire.common import ProblemBody

VERSION = "1.0.0"
DESCRIPTION = """\
Contract between the desktop client of 期货互联网开户云 and the backend of a futures company.

Errors are `application/problem+json` with a `code` of the client's failure table and a Chinese `detail`.
Authenticated operations want `Authorization: Bearer`; every write wants an `Idempotency-Key`: the same key
with the same request gets the same answer and takes effect once. Only answers of success are stored; a
refusal changes nothing and the same key may be used again. Times are RFC 3339 with offset +08:00, and the
`Date` header tells the server's clock. `RateLimit-Remaining` says how many requests are left in this minute.
"""
TAGS = [
    {"name": "company", "description": "What a company configures; needs no login."},
    {"name": "login", "description": "Captcha, SMS code, session."},
    {"name": "customer", "description": "The customer's own record."},
    {"name": "applications", "description": "Businesses, their steps and agreements."},
    {"name": "certificates", "description": "Applying for certificates, renewal, timestamps, revocation."},
    {"name": "uploads", "description": "Resumable uploads with SHA-256."},
]


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`'s contract."""
    found = get_openapi(
        title="期货互联网开户云",
        version=VERSION,
        openapi_version="3.1.0",
        summary="Backend of the desktop client",
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/", "description": "Same host; HTTPS except on loopback"}],
    )
    schemas = found["components"]["schemas"]
    schemas["Problem"] = _problem_schema(schemas)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    return found


def describe(app: FastAPI) -> None:
    """Makes `app.openapi()` give the contract."""

    def contract() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = contract  # type: ignore[method-assign]


def as_yaml() -> str:
    """The document as the checked-in file has it."""
    from kaihu_desktop.sandbox.app import contract_router

    app = FastAPI()
    app.include_router(contract_router())
    text: str = yaml.safe_dump(document(app), allow_unicode=True, sort_keys=False, width=110)
    return text


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    return schema
