"""How fast the model is: against plain C++ and Mesa objects of the same rules, and by itself.

``python -m experiments.benchmarks`` measures everything in one run and writes docs/performance.json and
docs/performance.md. Absolute times belong to a machine and a day; the ratios were measured side by side.
"""
