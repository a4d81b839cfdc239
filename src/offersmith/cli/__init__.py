"""The command line: each command parses, calls one verb, and prints its answer.

Exit codes: 0 done, 1 looked for and not found, or a step that was refused (the answer says why), 2 wrong usage,
3 settings or a definition, 4 input, 5 a verb called too early, 6 storage, 7 a missing extra, 8 limits that contradict
each other, 70 a fault of ours, 130 interrupted. Heavy libraries load inside the commands that need them: this is the
start-up path, and `--help` must not wait for an engine.
"""

from __future__ import annotations

from offersmith.cli.behaviour import group as behaviour
from offersmith.cli.campaign import group as campaign
from offersmith.cli.edge import main
from offersmith.cli.evaluate import group as evaluate
from offersmith.cli.launch import group as launch
from offersmith.cli.mining import group as mining
from offersmith.cli.offers import group as offers
from offersmith.cli.plan import asking as what_if
from offersmith.cli.plan import group as plan
from offersmith.cli.playbooks import group as playbooks
from offersmith.cli.quality import group as quality
from offersmith.cli.quote import group as quote
from offersmith.cli.redeem import group as redeem
from offersmith.cli.root import app
from offersmith.cli.verbs import group as verbs
from offersmith.cli.voucher import group as voucher

__all__ = ["app", "main"]

# A group without a name adds its commands to ours; the order is that of --help.
app.add_typer(verbs)
app.add_typer(behaviour)
app.add_typer(quality)
app.add_typer(mining)
app.add_typer(plan, name="plan")
app.add_typer(what_if)
app.add_typer(playbooks, name="playbooks")
app.add_typer(launch)
app.add_typer(campaign, name="campaign")
app.add_typer(voucher, name="voucher")
app.add_typer(quote)
app.add_typer(redeem, name="redeem")
app.add_typer(offers, name="offers")
app.add_typer(evaluate, name="evaluate")
