import ctypes
import subprocess
import sys

from offersmith.strategy.allocation.quiet import quiet

SCRIPT = """
import ctypes
from offersmith.strategy.allocation.quiet import quiet
c = ctypes.CDLL(None)
print("before")
with quiet():
    c.puts(b"debugging")
c.puts(b"after")
"""


def test_what_a_library_prints_is_not_seen_and_what_comes_after_is():
    shown = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
    assert sorted(shown.split()) == ["after", "before"]


def test_it_can_be_entered_again(capfd):
    for _ in range(3):
        with quiet():
            ctypes.CDLL(None).puts(b"debugging")
    ctypes.CDLL(None).puts(b"seen")
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == "seen\n"
