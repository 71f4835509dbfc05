"""Scoreline's trainer: a table of past leads and a spec in, a model package out."""

CODE_VERSION = "1.0.0"
"""Raised whenever the same data and spec would make another package."""
