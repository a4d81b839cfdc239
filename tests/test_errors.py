"""Errors: each has its own exit code and turns into plain values."""

from offersmith import errors


def faults() -> list[type[errors.OffersmithError]]:
    return errors.OffersmithError.__subclasses__()


def test_exit_codes_are_distinct_and_leave_usage_alone() -> None:
    codes = [fault.exit_code for fault in faults()]
    assert len(set(codes)) == len(codes)
    assert not {0, 2, 130} & set(codes)


def test_a_fault_becomes_plain_values() -> None:
    fault = errors.InputError("column 'x' is missing", hint="map it", column="x")
    assert fault.as_dict() == {"error": "input", "message": "column 'x' is missing", "hint": "map it", "column": "x"}
    assert str(fault) == "column 'x' is missing\nmap it"
