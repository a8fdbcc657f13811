"""Notebooks as text, and what runs them."""
