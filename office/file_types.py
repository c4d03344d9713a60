"""What a file is by its content, and a name for it that is safe everywhere. What the sender calls it decides nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

from office.privacy import mask_cpr

# What browsers are told a kind is when they fetch it (knowledge/model.py: FILE_TYPES).
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "dwg": "image/vnd.dwg",
}
_BEGINNINGS = {
    "pdf": re.compile(rb"%PDF-\d"),
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "dwg": re.compile(rb"AC10\d\d"),
}
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_LONGEST_NAME = 100
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def type_of(content: IO[bytes]) -> str | None:
    """Return the kind of file (a key of MEDIA_TYPES), or None for every other and for documents that carry macros."""
    content.seek(0)
    beginning = content.read(16)
    for kind, pattern in _BEGINNINGS.items():
        if pattern.match(beginning):
            return kind
    return _document(content) if beginning.startswith(b"PK\x03\x04") else None


def clean_name(name: str, kind: str) -> str:
    """Return a name without folders, control characters and CPR numbers that ends in what the file is: "Plan 2.pdf"."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    stem = _ENDING.sub("", "".join(filter(str.isprintable, last)))
    stem = _FORBIDDEN.sub("-", mask_cpr(stem)[0]).strip(" .")
    return f"{stem[:_LONGEST_NAME].strip() or 'fil'}.{kind}"


def _document(content: IO[bytes]) -> str | None:
    """Return what a zip file is by its list of parts; nothing is unpacked but the 100 bytes in which OpenDocument says it."""
    try:
        with ZipFile(content) as archive:
            parts = set(archive.namelist())
            if any(part.endswith("vbaProject.bin") or part.startswith("Basic/") for part in parts):
                return None
            if "[Content_Types].xml" in parts:
                return next((kind for part, kind in _MAIN_PARTS.items() if part in parts), None)
            said = archive.open("mimetype").read(100).decode("ascii", "replace") if "mimetype" in parts else ""
    except (BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None  # broken, encrypted, or compressed in a way nobody uses
    return next((kind for kind in ("odt", "ods") if MEDIA_TYPES[kind] == said), None)
