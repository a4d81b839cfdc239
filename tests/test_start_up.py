"""What loads when: importing the package and asking for help must not wait for an engine."""

import subprocess
import sys

import pytest

HEAVY = ("sklearn", "lightgbm", "ibis", "sqlalchemy", "pandas", "duckdb", "numba", "pyarrow")


def loaded_after(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_no_engine() -> None:
    assert not loaded_after("import offersmith") & set(HEAVY)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["plan", "--help"],
        ["plan", "compare", "--help"],
        ["what-if", "--help"],
        ["campaign", "show", "--help"],
        ["offers", "--help"],
        ["--version"],
        ["evaluate", "uplift", "--help"],
    ],
)
def test_help_loads_no_engine(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['offersmith', *{arguments}]\n"
        "from offersmith.cli import main\ntry: main()\nexcept SystemExit: pass"
    )
    assert not loaded_after(code) & set(HEAVY)


def test_everything_the_front_door_names_is_there() -> None:
    import offersmith

    assert {name: getattr(offersmith, name) for name in offersmith.__all__}
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = offersmith.nothing_here


def test_verbs_that_learn_nothing_load_no_trees() -> None:
    assert not loaded_after("import offersmith.shop") & {"lightgbm", "sklearn"}
