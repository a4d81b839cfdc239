from datetime import datetime

import pytest

from offersmith.errors import InputError
from offersmith.moments import moment


def test_a_moment_is_read_with_its_zone() -> None:
    assert moment("2024-06-01T00:30+02:00") == datetime(2024, 5, 31, 22, 30)
    with pytest.raises(InputError, match="ISO 8601"):
        moment("soon")
