"""Report: what a comparison says, as one page that an official would forward.

``findings`` holds every number of the answer once, ``answer`` says it in words, ``tables`` in figures, ``pictures`` turns
matplotlib figures into inline drawings, ``background`` tells assumptions, validation and provenance; ``page`` puts them
into a template. The page needs no script, no font and no network, and exists in every language of ``sim.words``.
"""

from sim.report.page import write_report, write_reports

__all__ = ["write_report", "write_reports"]
