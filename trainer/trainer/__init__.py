"""Scoreline's trainer: a table of past leads in, a model package out."""
