"""Arms as numbers: what they share, what is their own."""

import numpy as np

from offersmith.response.shared.codes import centred, codes, kernel
from offersmith.response.trial import Arm

NONE = Arm("none")
DEPTHS = (NONE, Arm("5", "percent", 0.05), Arm("15", "percent", 0.15), Arm("gift", "gift", 0.0, 2.0))


def test_nothing_is_all_zeros_and_depth_is_relative_to_its_kind():
    code = codes(DEPTHS)
    assert (code[0] == 0).all()
    given, kind, depth = code[:, 0], code[:, 1], code[:, 2]
    assert given.tolist() == [0, 1, 1, 1]
    assert kind.tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(depth, [0, 0.5, 1.5, 0])
    np.testing.assert_array_equal(code[1:, 3:], np.eye(3))


def test_one_arm_has_its_own_code_only():
    assert codes((NONE, Arm("mail"))).tolist() == [[0.0], [1.0]]
    assert codes((NONE,)).shape == (1, 0)


def test_fixed_amounts_are_a_depth_where_nothing_is_a_share():
    code = codes((NONE, Arm("2", "amount", 0.0, 2.0), Arm("6", "amount", 0.0, 6.0), Arm("mail")))
    np.testing.assert_allclose(code[:, 2], [0, 0.5, 1.5, 0])


def test_centred_codes_average_to_nothing_over_the_rows():
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    np.testing.assert_allclose(shares @ centred(codes(DEPTHS), shares), 0, atol=1e-12)


def test_arms_of_one_kind_are_believed_alike_and_the_prior_is_a_covariance():
    prior = kernel(codes(DEPTHS), np.full(4, 0.25), 0.03)
    assert np.linalg.eigvalsh(prior).min() > 0
    np.testing.assert_allclose(prior, prior.T)
    change = np.array([[-1, 1, 0, 0], [-1, 0, 1, 0], [-1, 0, 0, 1]])
    moved = change @ prior @ change.T
    spread = np.sqrt(np.diag(moved))
    alike = moved / spread[:, None] / spread
    assert alike[0, 1] > alike[0, 2] > 0
