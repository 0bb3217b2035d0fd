"""The steps, oldest first: ``v0001_…``, ``v0002_…``. They only go up; what goes back is a backup.

A step never imports ``knowledge.store.schema``: it says what the tables were when it was written.
"""
