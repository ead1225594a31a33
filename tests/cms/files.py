"""Files made for tests of the check 测试文件: real PDF, DOCX, XLSX, OFD bytes, with what a real one carries."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook
from openpyxl.comments import Comment

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(**parts: str) -> bytes:
    """A ZIP file of texts; `__` in a name is a slash, `_dot_` a full stop."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return held.getvalue()


def docx(*paragraphs: str, table: list[list[str]] | None = None, author: str = "WPS", header: str = "") -> bytes:
    """A Word document; a paragraph's runs are split in the middle, as editing leaves them."""
    body = "".join(
        f"<w:p><w:r><w:t>{text[: len(text) // 2]}</w:t></w:r><w:r><w:t>{text[len(text) // 2 :]}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    for row in table or []:
        cells = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row)
        body += f"<w:tr>{cells}</w:tr>"
    if table:
        body = body.replace("<w:tr>", "<w:tbl><w:tr>", 1) + "</w:tbl>"
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{author}</dc:creator></cp:coreProperties>'
    )
    parts = {"word__document_dot_xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>"}
    parts["docProps__core_dot_xml"] = core
    if header:
        parts["word__header1_dot_xml"] = f"<w:hdr {_W}><w:p><w:r><w:t>{header}</w:t></w:r></w:p></w:hdr>"
    return packed(**parts)


def xlsx(*rows: list[object], note: str = "") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if note:
        sheet["A1"].comment = Comment(note, "WPS")
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def ofd(text: str) -> bytes:
    root = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody/></ofd:OFD>'
    page = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextCode>{text}</ofd:TextCode></ofd:Page>'
    return packed(OFD_dot_xml=root, Doc_0__Pages__Page_0__Content_dot_xml=page)


def pdf(*pages: str, author: str = "") -> bytes:
    """A PDF whose pages say these words in Helvetica; an empty page is what a scanner makes."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode())
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for number, text in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>".encode()
        )
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b"q Q"
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream))
    objects.append(f"<</Author({author})>>".encode())
    held, places = io.BytesIO(b"%PDF-1.4\n"), []
    held.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, start=1):
        places.append(held.tell())
        held.write(b"%d 0 obj" % number + body + b"endobj\n")
    start = held.tell()
    held.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        held.write(b"%010d 00000 n \n" % place)
    held.write(b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\n" % (len(objects) + 1, len(objects)))
    held.write(b"startxref\n%d\n%%%%EOF" % start)
    return held.getvalue()
