"""Files made for tests: small, but each really of its kind."""

import io
from zipfile import ZipFile


def zipped(**parts: str) -> bytes:
    """A zip file of these parts; "__" in a name stands for "/", a leading "ct" for [Content_Types].xml."""
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr("[Content_Types].xml" if name == "ct" else name.replace("__", "/"), text)
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n"
MADE = {
    "pdf": PDF,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "dwg": b"AC1032\x00\x00\x00",
    "docx": zipped(**{"ct": "x", "word__document.xml": "x"}),
    "xlsx": zipped(**{"ct": "x", "xl__workbook.xml": "x"}),
    "odt": zipped(mimetype="application/vnd.oasis.opendocument.text"),
    "ods": zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
}
UNWANTED = {
    "a program": b"MZ\x90\x00",
    "a page with a script": b"<html><script>alert(1)</script></html>",
    "a drawing that may hold scripts": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "a zip of anything": zipped(**{"virus.exe": "x"}),
    "a document with macros": zipped(**{"ct": "x", "word__document.xml": "x", "word__vbaProject.bin": "x"}),
    "an OpenDocument with macros": zipped(mimetype="application/vnd.oasis.opendocument.text", Basic__a="x"),
    "half a zip": MADE["docx"][:40],
    "almost a PDF": b"PDF-1.7",
    "text": "æøå".encode(),
}
