"""Sphinx extensions that only this documentation needs."""
