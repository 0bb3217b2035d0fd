"""Every error the helpdesk raises on purpose, as one tree.

Each carries two texts: ``user``, one sentence for the person at the keyboard or the telephone, which says what to do;
and ``log``, for the operator, with names and causes. Surfaces turn an error into a reply at one point only and never
show ``log`` or a traceback to a user.
"""

from __future__ import annotations


class HelpdeskError(Exception):
    """Root of the tree. ``user`` is shown to people, ``log`` to operators (it defaults to ``user``)."""

    def __init__(self, user: str, *, log: str | None = None) -> None:
        super().__init__(user)
        self.user = user
        self.log = log or user


class SettingsError(HelpdeskError):
    """A setting that cannot be used; the sentence names the key, the value and the remedy."""


class UnreadableFileError(HelpdeskError):
    """A file that gives no policy text; the sentence names the cause, the caller adds the file's name."""


class NothingToPublishError(HelpdeskError):
    """A reload in which no file at all could be read: the release in force stays."""


class UnknownReleaseError(HelpdeskError):
    """A release number that does not exist."""


class UnknownClauseError(HelpdeskError):
    """A clause id that the release in force does not hold."""


class NoReleaseError(HelpdeskError):
    """Nothing has been published yet."""


class StoreError(HelpdeskError):
    """The database cannot be reached, is locked, is full or refuses; nothing that was published is lost."""


class SearchIndexError(HelpdeskError):
    """The search index cannot be built or read; it can be deleted and is then built anew."""


class QuestionsFileError(HelpdeskError):
    """A question set that cannot be read, with the line at fault."""


class UnknownMemberError(HelpdeskError):
    """No member in office has this number."""


class LastAdminError(HelpdeskError):
    """The last administrator cannot be dismissed nor be given another role."""


class LinkError(HelpdeskError):
    """A one-time link that is unknown, used, expired or of another kind, or that cannot serve this person."""


class UnknownKeyError(HelpdeskError):
    """No API key in force has this number."""


class UnusableTextError(HelpdeskError):
    """A name or a remark that is empty, too long or holds characters that cannot be kept."""
