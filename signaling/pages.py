"""Serves the pages of web/: from memory, joined, minified, compressed once, with headers that keep a page to itself."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import deflate
import minify
from aiohttp import web

from signaling.bundle import bundle, modules
from signaling.texts import text

WEB: Final = Path(__file__).resolve().parent.parent / "web"
MIN_GZIP_BYTES: Final = 200
STAFF: Final = ("enter", "setup", "password", "account", "admin", "office", "console")
"""Pages of the staff, at the path of their folder's name; what is secret stands in the fragment."""

_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
_MINIFIED: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_COMPRESSED_ALREADY: Final = {".png", ".jpg", ".jpeg", ".webp", ".woff2", ".ogg", ".mp3", ".ico"}


Source = tuple[Path, int, int]
"""A file, when it was changed (ns), and its size (bytes)."""


@dataclass(frozen=True)
class Asset:
    """A file as it goes over the wire."""

    body: bytes
    gzipped: bytes | None
    etag: str
    content_type: str
    sources: frozenset[Source]
    """Every file that it was made of, as it was then."""


class Pages:
    """The files of one folder, read when first asked for and again when they changed."""

    def __init__(self, root: Path, base_url: str) -> None:
        self._root = root.resolve()
        self._headers = security_headers(base_url)
        self._cache: dict[Path, Asset] = {}

    def add_routes(self, app: web.Application) -> None:
        """The names are what the access log shows: never the path, which holds the token."""
        app.router.add_get("/join/{token}", self._page("patient/index.html"), name="patient")
        app.router.add_get("/console/{token}", self._page("physician/index.html"), name="physician")
        for name in STAFF:
            app.router.add_get(f"/{name}", self._page(f"{name}/index.html"), name=f"{name}-page")
        app.router.add_get("/", _to_enter, name="root")
        app.router.add_get("/sw.js", self._page("sw.js"), name="service-worker")
        app.router.add_get("/favicon.ico", _no_icon, name="favicon")
        app.router.add_get("/static/{path:.+}", self._static, name="static")

    def respond(self, request: web.Request, path: Path) -> web.Response:
        """The file, or 304 when the browser has it, or 404 in words."""
        asset = self._asset(path)
        if asset is None:
            return web.Response(status=404, text=text("es", "page-not-found"), headers=self._headers)
        own = self._headers if path.suffix == ".html" or path.name == "sw.js" else ASSET_HEADERS
        headers = {**own, "ETag": asset.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if asset.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = asset.content_type
        if asset.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)

    def _page(self, name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The same bytes for every token: the page itself reads it from its address."""

        async def serve(request: web.Request) -> web.Response:
            return self.respond(request, self._root / name)

        return serve

    async def _static(self, request: web.Request) -> web.Response:
        return self.respond(request, self._root / "static" / request.match_info["path"])

    def _asset(self, path: Path) -> Asset | None:
        try:
            real = path.resolve()
            if not real.is_relative_to(self._root) or not real.is_file():
                return None
            known = self._cache.get(real)
            if known is None or any(_source(file) != (file, *then) for file, *then in known.sources):
                known = self._cache[real] = read(real)
        except (OSError, ValueError):
            return None
        return known


ASSET_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
"""What a script or style needs; the policy of the page governs it."""


def security_headers(base_url: str) -> dict[str, str]:
    """Nothing from third parties, no inline code, no referrer (the path holds the token), camera for ourselves only."""
    parts = urlsplit(base_url)
    socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), display-capture=(), payment=()",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if parts.scheme == "https" else {})


async def _to_enter(request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": "/enter"})


async def _no_icon(request: web.Request) -> web.Response:
    return web.Response(status=204)


def read(path: Path) -> Asset:
    """A file as it goes over the wire: comments and indentation are for us; patients pay for each byte and request."""
    files = modules(path) if path.suffix == ".js" else [path]
    sources = frozenset(map(_source, files))
    body = bundle(files).encode() if len(files) > 1 else path.read_bytes()
    if path.suffix in _MINIFIED:
        body = minify.string(_MINIFIED[path.suffix], body.decode()).encode()
    gzipped = None
    if len(body) >= MIN_GZIP_BYTES and path.suffix not in _COMPRESSED_ALREADY:
        gzipped = bytes(deflate.gzip_compress(body, 12))  # 1.5 % less than zlib's best
    content_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, gzipped, f'"{hashlib.sha256(body).hexdigest()[:20]}"', content_type, sources)


def _source(path: Path) -> Source:
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size
