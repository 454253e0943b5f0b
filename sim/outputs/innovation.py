"""Innovation: what is spent, what comes of it, how far behind the frontier enterprises are, and who passes what on.

Classes of innovations are computed from what each descends from (chapter "innovations"). R&D is *real* spending unless an
output says *reported*, which includes relabelled cost. Knowledge, productivity and quality are relative to the frontier.
Additionality is no output of one run: it is a difference of paired runs.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import paid, ratio
from sim.rules.introduction import DIGESTION, LICENCE_FEES
from sim.world import (
    CLASS_ASSIMILATED,
    CLASS_INTEGRATED,
    CLASS_INTRODUCED,
    CLASS_ORIGINAL,
    CLASS_REINNOVATION,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
)
