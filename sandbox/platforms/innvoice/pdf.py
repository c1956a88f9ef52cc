"""A printed document: one page of PDF with what it is, its number and its total."""

from sandbox.platforms.innvoice.records import Document

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_PAGE = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",)


def printed(document: Document) -> bytes:
    """The file behind ``PrintUrl``."""
    stream = b"BT /F1 14 Tf 60 760 Td (" + _title(document) + b") Tj ET"
    content = b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream)
    return _file([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *_PAGE, content, _FONT])


def _title(document: Document) -> bytes:
    name = document.number or f"{document.kind} {document.techid}"
    told = f"{name}: {document.total:.2f} {document.header['Devizanem']}"
    return told.encode("ascii", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for at, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (at, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail
