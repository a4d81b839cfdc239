from offersmith.offers.spelling import did_you_mean, unknown_key


def test_known_keys_are_no_fault():
    assert unknown_key(["a", "b"], ["a", "b", "c"]) == ""


def test_every_unknown_key_is_named_with_the_nearest():
    said = unknown_key(["prioriti", 7, "name"], ["priority", "name"])
    assert said == "does not know 7, prioriti (did you mean 'priority'?); allowed: priority, name"


def test_nothing_near_is_not_guessed():
    assert did_you_mean("zebra", ["priority"]) == ""
    assert did_you_mean(None, ["priority"]) == ""
