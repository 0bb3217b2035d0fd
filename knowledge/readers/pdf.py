"""PDF files: the words of each page without its running header and footer, joined back into paragraphs."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from struct import error as struct_error

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from knowledge.errors import UnreadableFileError
from knowledge.readers.pages import PrintedPage, paragraphs
from knowledge.readers.quiet import quiet
from knowledge.readers.text import junk_share

# "Please note that broken PDF files might cause other Exceptions" (pypdf.errors): these are the ones that thousands of
# truncated and altered files were seen to cause, with their kin.
_PYPDF_FAULTS = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct_error,
    zlib.error,
)
_HEADER_WITHIN = 1024
_FEWEST_CHARACTERS = 15
_MOST_JUNK = 0.2


def read_pdf(data: bytes) -> str:
    """The text of a ``.pdf``, one paragraph a line.

    Raises ``UnreadableFileError`` for a file that is encrypted, damaged, a scan without text, or set in fonts that do
    not tell which characters they show.
    """
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise UnreadableFileError(
            "This is no PDF although its name says so; give it the right ending or export it again."
        )
    try:
        with quiet("pypdf"):
            pages, pictures = _read(data)
    except (FileNotDecryptedError, DependencyError) as error:
        raise UnreadableFileError(
            "The PDF is encrypted; open it with its password and save it without protection.", log=str(error)
        ) from error
    except _PYPDF_FAULTS as error:
        raise UnreadableFileError(
            "The PDF is damaged; open it in a PDF viewer and print it to a new PDF.",
            log=f"{type(error).__name__}: {error}",
        ) from error
    text = "\n".join(paragraphs(pages))
    if not text or (pictures and len(text) < _FEWEST_CHARACTERS * len(pages)):
        raise UnreadableFileError(
            "The PDF holds pictures of pages without text, as a scanner makes them; run text recognition (OCR) on it."
        )
    if junk_share(text) > _MOST_JUNK:
        raise UnreadableFileError(
            "The PDF's fonts do not tell which characters they show; export it anew or run text recognition (OCR)."
        )
    return text


def _read(data: bytes) -> tuple[Sequence[PrintedPage], bool]:
    """Every page, and whether any of them shows a picture."""
    pages: list[PrintedPage] = []
    pictures = False
    for page in PdfReader(BytesIO(data)).pages:
        printed = PrintedPage()
        page.extract_text(visitor_text=printed.take)
        pages.append(printed)
        resources = page.get("/Resources")
        objects = resources.get_object() if resources is not None else None
        pictures = pictures or (isinstance(objects, dict) and "/XObject" in objects)
    return pages, pictures
