from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from api_under_test import Api
from api_under_test import api as serving_api


@pytest.fixture
async def api(redis_url: str) -> AsyncIterator[Api]:
    async with serving_api(redis_url) as people:
        yield people
