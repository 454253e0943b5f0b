"""Starting: while modules and machine code are loaded or made, Python does not look for garbage among them.

They are half a million objects that all stay, and as they grow Python looks through all of them again and again: a
seventh of the time to the first result of a process, and more of the time to compile.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

# Python 3.12 begins with some hundred frozen objects; more than these have been frozen by somebody who wants it so.
FROZEN_BY_PYTHON = 1000


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Look for no garbage while this lasts; what there is at the end counts as old."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            if gc.get_freeze_count() <= FROZEN_BY_PYTHON:
                gc.freeze()  # to freeze and thaw moves everything to the oldest generation
                gc.unfreeze()
            gc.enable()
