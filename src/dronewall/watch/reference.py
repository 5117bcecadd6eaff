"""The page at /docs: the OpenAPI document as plain HTML, without a script and without anything from outside."""

from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "code,pre{font-family:ui-monospace,monospace}section{border-top:1px solid #8886;padding:.5rem 0}"
    "h2{font-size:1.1rem;margin:.5rem 0}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.15rem 1rem .15rem 0}"
)


def page(openapi: dict[str, Any], style_nonce: str) -> str:
    """The reference as HTML; its one style block carries the nonce of the answer's policy."""
    info = openapi["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{escape(info['title'])}</title><style nonce='{style_nonce}'>{_STYLE}</style>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        *(f"<p>{escape(line)}</p>" for line in info.get("description", "").split("\n\n")),
        "<p>The same for machines: <a href=/openapi.json>/openapi.json</a></p>",
    ]
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation, openapi))
    return "\n".join(parts)


def _operation(path: str, method: str, operation: dict[str, Any], openapi: dict[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{escape(p['name'])}</code><td>{escape(p['in'])}<td>{escape(_kind(p.get('schema', {})))}"
        f"<td>{'needed' if p.get('required') else ''}"
        for p in operation.get("parameters", [])
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        schema = _resolved(body, openapi)
        needed = schema.get("required", [])
        rows += [
            f"<tr><td><code>{escape(name)}</code><td>body<td>{escape(_kind(field))}"
            f"<td>{'needed' if name in needed else ''}<td>{escape(field.get('description', ''))}"
            for name, field in schema.get("properties", {}).items()
        ]
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    text = escape(operation.get("description", operation.get("summary", "")))
    return f"<section><h2><code>{method.upper()} {escape(path)}</code></h2><p>{text}</p>{table}</section>"


def _resolved(schema: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    return str(schema.get("type", schema.get("$ref", "").rsplit("/", 1)[-1]))
