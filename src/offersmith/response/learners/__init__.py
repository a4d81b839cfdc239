"""Ways of learning what each arm of a test changes for whom.

A new learner is one file and one line in `LEARNERS`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.response.bases import BASES
from offersmith.response.learners.average import AverageLearner
from offersmith.response.learners.base import Learner
from offersmith.response.learners.constant import ConstantLearner
from offersmith.response.learners.crossed import CrossedLearner
from offersmith.response.learners.logit import LogitLearner
from offersmith.response.learners.residual import ResidualLearner
from offersmith.response.learners.robust import RobustLearner
from offersmith.response.learners.separate import SeparateLearner
from offersmith.response.learners.shared import SharedLearner
from offersmith.response.learners.single import SingleLearner

LEARNERS: Mapping[str, Learner] = MappingProxyType(
    {
        learner.name: learner
        for learner in (
            SharedLearner(),
            SharedLearner("additive", trees=False),
            ConstantLearner(),
            LogitLearner(),
            AverageLearner("average", (SharedLearner(), LogitLearner())),
            SingleLearner("s_boosting", BASES["boosting"]),
            SeparateLearner("t_boosting", BASES["shallow"]),
            CrossedLearner("x_boosting", BASES["shallow"]),
            ResidualLearner("r_boosting", BASES["boosting"], BASES["shallow"]),
            RobustLearner("dr_boosting", BASES["boosting"], BASES["shallow"]),
            SeparateLearner("t_linear", BASES["linear"]),
            ResidualLearner("r_linear", BASES["boosting"], BASES["linear"]),
            RobustLearner("dr_linear", BASES["boosting"], BASES["linear"]),
            SeparateLearner("t_tree", BASES["tree"]),
            SeparateLearner("t_forest", BASES["forest"]),
            SeparateLearner("t_svm", BASES["svm"]),
            SingleLearner("s_neural", BASES["neural"]),
        )
    }
)
"""Every learner by its name; `s_neural` trains with the extra `deep`."""
