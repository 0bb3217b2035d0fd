"""The store: policies by version, releases, and which of them is in force, in SQLite or PostgreSQL.

``Store`` is all that the rest of the helpdesk needs; ``compare`` and ``fingerprint`` are pure.
"""

from knowledge.store.comparison import compare
from knowledge.store.contents import fingerprint
from knowledge.store.releases import HistoryEntry, Store, overtaken

__all__ = ["HistoryEntry", "Store", "compare", "fingerprint", "overtaken"]
