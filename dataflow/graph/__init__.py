"""Graphs, and the passes that turn a user's graph into one that can run.

Read `pipeline` first: it lists the passes in order.
"""
