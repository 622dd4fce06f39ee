"""What analysis datasets need beyond general derivations; importing registers the keywords."""
