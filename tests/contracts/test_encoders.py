"""Every encoder of `sequences.encoders.ENCODERS`: learns an order, repeats itself, is served as it was trained."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.profiles.sequences.planted import A, B, C, of, ordered

from offersmith.profiles.sequences import vocabulary
from offersmith.profiles.sequences.batch import batch
from offersmith.profiles.sequences.encoders import ENCODERS
from offersmith.profiles.sequences.steps import NUMBERS
from offersmith.profiles.sequences.vocabulary import FIRST

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

from offersmith.profiles.sequences.exported import exported  # noqa: E402 - after the extra was found
from offersmith.profiles.sequences.network import network  # noqa: E402
from offersmith.profiles.sequences.served import Served  # noqa: E402
from offersmith.profiles.sequences.training import Lesson, train  # noqa: E402

ROWS = 3000


@cache
def learned(name, seed=3):
    steps, bought = ordered(ROWS, seed=1)
    return train(ENCODERS[name], Lesson(steps, bought, np.arange(ROWS)), seed=seed)


@pytest.fixture(params=sorted(ENCODERS))
def name(request):
    return request.param


def test_it_is_known_by_its_name(name):
    assert ENCODERS[name].name == name
    assert learned(name).name == name


def test_an_order_is_learned_that_no_count_tells(name):
    steps, bought = ordered(1000, seed=2)
    chance = learned(name).chance(steps)
    # Nobody can reach more than .85: so often those who had `a` later buy, and the others do not.
    assert roc_auc_score(bought, chance) > 0.8
    assert chance.mean() == pytest.approx(bought.mean(), abs=0.05)


def test_the_same_seed_gives_the_same_bytes_and_another_others(name):
    steps, bought = ordered(400, seed=1)
    one, two, other = (train(ENCODERS[name], Lesson(steps, bought, np.arange(400)), seed=s).model for s in (3, 3, 4))
    assert one == two
    assert one != other


def test_what_is_served_is_what_was_trained(name):
    steps, _ = ordered(50, seed=5)
    known = vocabulary.learn(steps.things)
    torch.manual_seed(1)
    module = network(torch, ENCODERS[name], len(known), 0.2).eval()
    middle, spread = np.zeros(len(NUMBERS), np.float32), np.ones(len(NUMBERS), np.float32)
    served = Served(name, exported(torch, module), known, middle, spread)
    dense = batch(steps, known.numbers(steps.things), np.arange(50), middle, spread)
    with torch.no_grad():
        odds, embedding, scores = module(*map(torch.from_numpy, (dense.numbers, dense.things, dense.place)))
    assert served.chance(steps) == pytest.approx(torch.sigmoid(odds).numpy(), abs=1e-5)
    assert np.abs(served.embedding(steps) - embedding.numpy()).max() < 1e-5
    named = served.next_things(steps, 1)[:, 0]
    assert (named == scores[:, FIRST:].argmax(1).numpy() + FIRST).all()


def test_nobody_changes_what_is_said_of_another(name):
    alone = learned(name).chance(of([[A, B]]))
    beside = learned(name).chance(of([[C] * 30, [A, B], []]))
    assert beside[1] == pytest.approx(alone[0], abs=1e-6)


def test_no_day_one_day_and_things_never_seen(name):
    chance = learned(name).chance(of([[], [A], ["never sold"], [C] * 32]))
    assert chance.shape == (4,)
    assert ((chance > 0) & (chance < 1)).all()
    assert learned(name).chance(of([])).shape == (0,)


def test_it_is_served_without_torch(name, tmp_path):
    served, steps = learned(name), of([[A, C, B], [B, C, A]])
    file = tmp_path / "model.onnx"
    file.write_bytes(served.model)
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import numpy as np, pathlib, pyarrow as pa\n"
        "from tests.profiles.sequences.planted import of\n"
        "from offersmith.profiles.sequences.served import Served\n"
        "from offersmith.profiles.sequences.vocabulary import Vocabulary\n"
        f"products = pa.array({served.vocabulary.products.to_pylist()!r}, pa.string())\n"
        "known = Vocabulary(products, pa.array([], pa.string()))\n"
        f"middle, spread = np.array({served.middle.tolist()!r}, 'f4'), np.array({served.spread.tolist()!r}, 'f4')\n"
        f"served = Served('{name}', pathlib.Path(sys.argv[1]).read_bytes(), known, middle, spread)\n"
        "print(*served.chance(of([['a', 'c', 'b'], ['b', 'c', 'a']])))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert [float(one) for one in done.stdout.split()] == pytest.approx(served.chance(steps), abs=1e-6)


def test_what_comes_next_is_learned_on_the_side(name, monkeypatch):
    """A chain without memory: after `a` comes `b`, after `b` comes `c`, after `c` comes `a`, four times of five."""
    # As much is made of it as of whether they buy, which is learned sooner.
    for setting, value in {"NEXT": 1.0, "PATIENCE": 12}.items():
        monkeypatch.setattr(f"offersmith.profiles.sequences.training.{setting}", value)
    rng, after = np.random.default_rng(4), {A: B, B: C, C: A}
    rows, nexts = [], []
    for _ in range(2500):
        row = [str(rng.choice([A, B, C]))]
        for _ in range(6):
            row.append(after[row[-1]] if rng.random() < 0.8 else str(rng.choice([A, B, C])))
        rows.append(row[:-1])
        nexts.append([row[-1]])
    bought = rng.random(len(rows)) < np.where([row[-1] == A for row in rows], 0.8, 0.2)
    served = train(ENCODERS[name], Lesson(of(rows, nexts), bought, np.arange(len(rows))), seed=3)
    asked = of([[A, B, C, A, B, one] for one in (A, B, C)])
    assert [served.vocabulary.name(int(one)) for one in served.next_things(asked, 1)[:, 0]] == [B, C, A]
