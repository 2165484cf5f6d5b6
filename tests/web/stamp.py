"""Writes what derives from the pages' files into them: `python -m tests.web.stamp` after any change in web/.

The service worker's version, so that phones notice the change, and the pages' preloaded texts.
"""

from __future__ import annotations

import re

from tests.web.shell import VERSION, WEB, WORKER, digest, texts

PAGES = {"patient": WEB / "patient/index.html", "physician": WEB / "physician/index.html"}
_PRELOADS = re.compile(r'(?:    <link rel="modulepreload" [^\n]*\n)*(?=    <script type="module")')


def stamp() -> None:
    """Change nothing where all is as it should be."""
    for name, page in PAGES.items():
        script = WEB / f"static/js/{name}.js"
        urls = [f"/{path.relative_to(WEB)}" for path in sorted(texts(script))]
        links = "".join(f'    <link rel="modulepreload" href="{url}" />\n' for url in urls)
        page.write_text(_PRELOADS.sub(links, page.read_text(), count=1))
    WORKER.write_text(VERSION.sub(f'const VERSION = "{digest()}";', WORKER.read_text()))


if __name__ == "__main__":
    stamp()
