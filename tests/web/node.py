"""The Node that Playwright brings: the same new version on every machine, where Debian's may be old."""

from __future__ import annotations

from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
