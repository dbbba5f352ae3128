"""Texts with a grammar of their own: short forms, numbers, paths."""
