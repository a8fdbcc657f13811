"""Kills recording processes at random moments, looks at what is left, and goes on with it."""
