"""Experiments: many runs as one design, kept in a store that nothing can spoil.

designs     what is to be run, as a TOML file or in Python: scenarios, mixes, factors, sample, seeds, what is kept
sampling    the points of a design in the space of its factors
plan        every run with the scenario it stands for and its id, the hash of all that it depends on
inputs      what scenarios were made of, kept beside their results, so that a store can repeat its runs
work        what a worker does: some runs, their tables as Parquet
store       the folder of results: shards, receipts, failures; nothing is counted that has no receipt
workforce   who works: this process, a pool of processes, Dask, MPI
execution   the loop that hands out work, survives its death, and keeps what comes back
results     tables out of a store
batch       all of it in one call: ``sim.batch``
"""
