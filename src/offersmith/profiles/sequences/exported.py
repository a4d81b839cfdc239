"""A trained network as ONNX, the open format (onnx.ai): from then on nobody needs torch."""

from __future__ import annotations

import io
import warnings
from typing import Any

from offersmith.profiles.sequences.network import OUTPUTS
from offersmith.profiles.sequences.steps import EACH, MOST, NUMBERS

INPUTS = ("numbers", "things", "place")
OPSET = 17


def exported(torch: Any, module: Any) -> bytes:
    """Return a network as the bytes of an ONNX file; batches of any size may be asked of it.

    Args:
        torch: the library.
        module: on the CPU, done with training.
    """
    one = (
        torch.zeros(1, MOST, len(NUMBERS)),
        torch.zeros(1, MOST, EACH, dtype=torch.int64),
        torch.zeros(1, MOST, dtype=torch.int64),
    )
    held = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that needs no further package is called legacy, and warns that a GRU's batch may vary.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, one, held, input_names=list(INPUTS), output_names=list(OUTPUTS), opset_version=OPSET,
            dynamic_axes={name: {0: "customers"} for name in (*INPUTS, *OUTPUTS)}, dynamo=False,
        )  # fmt: skip
    return held.getvalue()
