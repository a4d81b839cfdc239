"""Ways of reading a sequence of days, one family: adding one is one file and one line here. Nothing imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.profiles.sequences.encoders.attention import Attention
from offersmith.profiles.sequences.encoders.base import Encoder
from offersmith.profiles.sequences.encoders.convolution import Convolution
from offersmith.profiles.sequences.encoders.recurrent import Recurrent

ENCODERS: Mapping[str, Encoder] = MappingProxyType({one.name: one for one in (Convolution(), Recurrent(), Attention())})
"""Every encoder by name, the simplest first."""
