"""A sample database for the tests of what it holds."""

from __future__ import annotations

import pytest

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.sample_database import COUNT, UNTIL, Sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return Sample(folder, write_sample(folder, transactions=COUNT, seed=7, until=UNTIL))
