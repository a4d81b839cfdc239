"""What a model that learned from lots says of itself is what the page reads: no key of either side is missed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from tests.report.reading import SECTIONS, facts, said, sections
from tests.response.test_learned import fit, lot

from offersmith.report import ReportFacts, render
from offersmith.report.gather_judged import judged_facts
from offersmith.response.learned import Learned


@pytest.mark.slow
def test_a_model_that_competed_fills_the_whole_page(full_facts: ReportFacts) -> None:
    history, _ = lot(rows=3000)
    fitted = fit(history, Learned(("shared", "constant")))
    plain = json.loads(json.dumps(fitted.evidence.as_dict(), allow_nan=False))["judged"]
    found = judged_facts(plain, {"ten": "10% off", "twenty": "20% off", "three": "$3 off"})
    assert found
    made = sections(facts(plain))
    assert [section.id for section in made] == [part.SECTION for part in SECTIONS]
    text = " ".join(line for section in made for line in said(section))
    assert not re.search(r"\b(nan|inf|None)\b", text)
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), "a code without words"
    assert found.single
    assert found.policy
    assert len(found.tried) == 2
    assert render(replace(full_facts, judged=found)).count('id="tried-en"') == 1
