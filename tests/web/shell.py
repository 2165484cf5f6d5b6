"""What a page loads, found as a browser finds it: from its HTML through every stylesheet, script and import."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
WORKER = WEB / "sw.js"
VERSION = re.compile(r'^const VERSION = "(\w+)";$', re.MULTILINE)

_IMPORT = re.compile(r'(?:\bfrom|\bimport\()\s*"(\.[^"]+)"')
_STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.[^"]+)";', re.MULTILINE)
_LATER = re.compile(r'\bimport\(\s*"(\.[^"]+)"')
_LINK = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_PRELOAD = re.compile(r'<link rel="modulepreload" href="(/static/[^"]+)"')
_JSDOC_IMPORT = re.compile(r'import\("[^"]+"\)\.\w+|typeof import\("[^"]+"\)')


def linked(page: Path) -> set[Path]:
    """The files that the page's HTML names."""
    return {_static(url) for url in _LINK.findall(page.read_text())}


def preloaded(page: Path) -> set[Path]:
    """The modules that the page asks for at once, instead of after its script."""
    return {_static(url) for url in _PRELOAD.findall(page.read_text())}


def imported(script: Path, *, dynamic: bool) -> set[Path]:
    """The script and all that it imports, through any number of steps; `dynamic` follows import() as well."""
    found, waiting = set[Path](), [script]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        code = _JSDOC_IMPORT.sub("", module.read_text())
        waiting += [(module.parent / name).resolve() for name in (_IMPORT if dynamic else _STATIC_IMPORT).findall(code)]
    return found


def later(module: Path) -> set[Path]:
    """What the module asks for by import(), when it is needed."""
    code = _JSDOC_IMPORT.sub("", module.read_text())
    return {(module.parent / name).resolve() for name in _LATER.findall(code)}


def loaded(page: Path, lang: str = "es") -> set[Path]:
    """What opening the page in a language fetches, the service worker included; a script brings what it imports."""
    files = {page, WORKER}
    for file in linked(page):
        files |= {file} | (texts(file, lang) if file.suffix == ".js" else set())
    return {file for file in files if file.parent.name != "texts" or file.stem.startswith(lang)}


def texts(script: Path, lang: str = "es") -> set[Path]:
    """What a page's script asks for when it knows which language to speak: Spanish, when nobody chose another."""
    files = {
        file for module in imported(script, dynamic=False) for file in later(module) if file.parent.name == "texts"
    }
    return {file for file in files if file.stem.startswith(lang)}


def digest() -> str:
    """Names the present content of all shells: the service worker's version."""
    files = sorted(path for path in WEB.rglob("*") if path.is_file() and path != WORKER)
    content = b"".join(f"{path.relative_to(WEB)}\n".encode() + path.read_bytes() for path in files)
    return hashlib.sha256(content + VERSION.sub("", WORKER.read_text()).encode()).hexdigest()[:12]


def _static(url: str) -> Path:
    return WEB / url.removeprefix("/")
