"""The people store: members, links, sessions, keys, the audit trail, and what was asked. ``People`` is all of it."""

from knowledge.people.asked import CHINA, Asked, Forgotten
from knowledge.people.audit import AuditEntry
from knowledge.people.batches import PATIENCE_SECONDS
from knowledge.people.gaps import Gap
from knowledge.people.hot import HotClause
from knowledge.people.keys import ApiKey
from knowledge.people.links import LinkKind
from knowledge.people.members import ROLES, Member, Role, stand_in
from knowledge.people.people import People
from knowledge.people.persons import PersonKind
from knowledge.people.sessions import Session
from knowledge.people.usage import DayUsage, SurfaceUsage

__all__ = [
    "CHINA",
    "PATIENCE_SECONDS",
    "ROLES",
    "ApiKey",
    "Asked",
    "AuditEntry",
    "DayUsage",
    "Forgotten",
    "Gap",
    "HotClause",
    "LinkKind",
    "Member",
    "People",
    "PersonKind",
    "Role",
    "Session",
    "SurfaceUsage",
    "stand_in",
]
