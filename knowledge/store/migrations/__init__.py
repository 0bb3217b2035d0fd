"""Alembic's folder: ``env.py`` and one module in ``versions`` for each step of the tables."""
