"""The OpenAPI 3.1 document of the API, made from the table of routes and their models: no data of the clinic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from signaling.api.fault import Problem
from signaling.api.route import Asked, Open, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

VERSION: Final = "1.0.0"
"""Of the API: its minor number grows with additions, its major one with anything that breaks a client."""

_REF: Final = "#/components/schemas/{model}"
_SECURITY: Final = {
    "session": {
        "type": "apiKey", "in": "cookie", "name": "__Host-hilo",
        "description": "Of staff; `hilo` over plain HTTP. What changes something carries `X-CSRF-Token` too.",
    },
    "key": {"type": "http", "scheme": "bearer", "description": "An API key of the clinic's own system."},
    "link": {
        "type": "apiKey", "in": "header", "name": "Authorization",
        "description": "`Join <token>`: who has a join link.",
    },
}  # fmt: skip
_INTRO: Final = (
    "The clinic around the calls. Times are RFC 3339 with an offset; days are the clinic's. A refusal is a `Problem`: "
    "its `code` is for programs, its `message` for people, in the language of `Accept-Language` (es, en). Send each "
    "`POST` with an `Idempotency-Key` of your own and repeat it with the same one after a lost answer."
)


def routes(gate: ApiGate, others: Sequence[Route]) -> tuple[Route, ...]:
    """The route of the document itself, which tells of the others."""

    @cache
    def made() -> dict[str, Any]:
        return document((*others, own))

    async def serve(asked: Asked) -> web.Response:
        return web.json_response(made())

    own = Route("GET", "/api/v1/openapi.json", "openapi", "staff", serve, "This document.", keys=True,
                raw_answer="application/json")  # fmt: skip
    return (own,)


def document(table: Iterable[Route]) -> dict[str, Any]:
    """Of these routes."""
    table = tuple(table)
    refs, schemas = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hilo", "version": VERSION, "description": _INTRO},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


_Refs = dict[tuple[type[BaseModel], JsonSchemaMode], dict[str, Any]]


def _schemas(table: tuple[Route, ...]) -> tuple[_Refs, dict[str, Any]]:
    """Where each model is, and all of them."""
    asked: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in table:
        asked |= {(model, "validation"): None for model in (route.body, route.query) if model}
        asked |= {(route.answer, "serialization"): None} if route.answer else {}
    refs, found = models_json_schema(list(asked), ref_template=_REF)
    return cast("_Refs", refs), found.get("$defs", {})


def _operation(route: Route, refs: _Refs, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.name.partition(".")[0]],
        "security": _security(route),
        "parameters": [*_path(route), *_query(route, refs, schemas), *_headers(route)],
        "responses": _responses(route, refs),
    }
    if route.who not in get_args(Open):
        operation["description"] = f"Needs the capability `{route.who}`."
    if route.body:
        content = {"application/json": {"schema": refs[route.body, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.raw_body:
        content = {route.raw_body: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.who == "anyone":
        return [{}]
    if route.who in ("link", "seat"):
        return [{"link": []}]
    ways = ("session", "key") if route.keys else ("session",)
    return [{way: []} for way in ways]


def _path(route: Route) -> list[dict[str, Any]]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}
    names = re.findall(r"\{(\w+)\}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query(route: Route, refs: _Refs, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    own = schemas[refs[route.query, "validation"]["$ref"].rpartition("/")[2]]
    required = own.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in own.get("properties", {}).items()
    ]


def _headers(route: Route) -> list[dict[str, Any]]:
    if route.method == "GET":
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._:/@+-]{1,100}$"}
    return [{"name": "Idempotency-Key", "in": "header", "required": route.needs_key, "schema": schema}]


def _responses(route: Route, refs: _Refs) -> dict[str, Any]:
    problem = {"application/json": {"schema": refs[Problem, "serialization"]}}
    good: dict[str, Any] = {"description": "Done." if route.status == 204 else "What was asked for."}
    if route.answer:
        good["content"] = {"application/json": {"schema": refs[route.answer, "serialization"]}}
    elif route.raw_answer:
        good["content"] = {route.raw_answer: {"schema": {}}}
    codes = ", ".join(f"`{code}`" for code in route.faults)
    return {
        str(route.status): good,
        "4XX": {"description": f"Refused: {codes}." if codes else "Refused.", "content": problem},
        "503": {"description": "Not now: send it again, with the same `Idempotency-Key`.", "content": problem},
    }
