"""Recordings on disk: format 1, its writer and its reader."""
