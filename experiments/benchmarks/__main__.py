"""One command: measure, write docs/performance.json and docs/performance.md.

``python -m experiments.benchmarks PART ...`` measures some parts anew (``suite.main``) and keeps the rest.
"""

import sys

from experiments.benchmarks.suite import main

main(sys.argv[1:])
