"""Efficiencies of the throughput equations, learned from published measurements."""
