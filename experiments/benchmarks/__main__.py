"""One command: measure, write docs/performance.json and docs/performance.md."""

from experiments.benchmarks.suite import main

main()
