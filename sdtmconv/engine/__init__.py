"""Run a compiled study: which value before which, over which subjects, and where."""
