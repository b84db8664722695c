"""Documents as people send them, and as somebody sends them who means no good."""

import zipfile
from io import BytesIO

import pytest

from core.errors import BadFile, Gone
from core.files import clean_name, delete_file, path_of, store_file
from core.limits import LIMITS

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/>'
    "</Types>"
)
MAIN = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet", "pptx": "presentationml.presentation"}
OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def packed(parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(kind, **more):
    return packed({"[Content_Types].xml": TYPES.format(MAIN[kind]), "word/document.xml": "<x/>"} | more)


def open_document(kind, **more):
    mimetype = f"application/vnd.oasis.opendocument.{OPEN[kind]}"
    return packed({"mimetype": mimetype, "content.xml": "<x/>"} | more)


def refused(raw, name, folder):
    with pytest.raises(BadFile) as caught:
        store_file(raw, name, folder)
    assert not [path for path in folder.rglob("*") if path.is_file()], "a refused file leaves nothing"
    return caught.value.code


GOOD = {
    "报告.pdf": PDF, "信.docx": office("docx"), "表.XLSX": office("xlsx"), "讲.pptx": office("pptx"),
    "信.odt": open_document("odt"), "表.ods": open_document("ods"), "讲.odp": open_document("odp"),
    "说明.txt": "周三，七点半。\r\n".encode(), "旧.txt": "周三，七点半。".encode("gb18030"),
    "舊.csv": "名,數\r\n茶,3".encode("big5"),
    "表.csv": b"\xef\xbb\xbfa,b\n1,2\n", "read.me.md": b"# x\n\x1b", "a.txt": b"x\x0c",
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_document_is_kept_as_it_came(name, tmp_path):
    stored = store_file(GOOD[name], name, tmp_path)
    assert path_of(tmp_path, stored.key).read_bytes() == GOOD[name]
    assert stored.size == len(GOOD[name]) and stored.kind == name.rpartition(".")[2].lower()
    assert stored.name.endswith(f".{stored.kind}")
    delete_file(tmp_path, stored.key)
    delete_file(tmp_path, stored.key)
    with pytest.raises(Gone):
        path_of(tmp_path, stored.key)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("报告 2026.pdf", "报告 2026.pdf"),
        ("v1.2.pdf", "v1.2.pdf"),
        ("bill.exe.pdf", "bill_exe.pdf"),
        ("bill.html.PDF", "bill_html.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\信.docx", "信.docx"),
        ("a\u202efdp.txt", "afdp.txt"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ('a"b<c>|d?.csv', "a_b_c_d_.csv"),
        (".pdf", "file.pdf"),
        ("....pdf", "file.pdf"),
        ("  a   b .pdf", "a b.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_what_could_mislead(name, kept):
    assert clean_name(name)[0] == kept


@pytest.mark.parametrize(
    "name",
    [
        "x.exe", "x.pdf.exe", "x", "", "pdf", "x.html", "x.svg", "x.zip", "x.docm", "x.xlsm", "x.doc", "x.js", "x.pdf ",
        "x.pdf.",
    ],
)  # fmt: skip
def test_other_kinds_are_not_taken(name, tmp_path):
    if name == "x.pdf ":
        assert clean_name(name) == ("x.pdf", "pdf")
    else:
        assert refused(PDF, name, tmp_path) == "file_kind"


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (b"GIF89a" + PDF, "a.pdf", "file_kind"),
        (b"<html><script>alert(1)</script>", "a.pdf", "file_kind"),
        (PDF[:20], "a.pdf", "file_damaged"),
        (PDF, "a.docx", "file_kind"),
        (office("docx"), "a.pdf", "file_kind"),
        (office("docx"), "a.xlsx", "file_kind"),
        (open_document("odt"), "a.docx", "file_kind"),
        (open_document("odt"), "a.ods", "file_kind"),
        (packed({"a.exe": b"MZ"}), "a.docx", "file_kind"),
        (packed({}), "a.docx", "file_kind"),
        (office("docx")[:-30], "a.docx", "file_damaged"),
        (b"PK\x03\x04" + b"\xff" * 500, "a.odt", "file_damaged"),
        (office("docx", **{"word/vbaProject.bin": b"x"}), "a.docx", "file_macros"),
        (office("xlsx", **{"XL\\VBAPROJECT.BIN": b"x"}), "a.xlsx", "file_macros"),
        (office("docx", **{"word/activeX/activeX1.bin": b"x"}), "a.docx", "file_macros"),
        (open_document("odt", **{"Basic/Standard/Module1.xml": b"x"}), "a.odt", "file_macros"),
        (open_document("ods", **{"Scripts/python/x.py": b"x"}), "a.ods", "file_macros"),
        (packed({"[Content_Types].xml": TYPES.replace("vnd.open", "vnd.ms-word.document.macroEnabled")}), "a.docx",
         "file_macros"),
        (b"a\x00b", "a.txt", "file_kind"),
        (b"\x7fELF\x02\x01\x01", "a.txt", "file_kind"),
        (b"MZ\x90\x00\x03", "a.csv", "file_kind"),
        (b"\x89PNG\r\n\x1a\n\x00", "a.txt", "file_kind"),
        (b"\xff\xfe\xff\xff", "a.txt", "file_kind"),
    ],
)  # fmt: skip
def test_what_is_something_else_inside_is_not_taken(raw, name, code, tmp_path):
    assert refused(raw, name, tmp_path) == code


def test_too_large_is_refused(tmp_path):
    assert refused(b"x" * (LIMITS["file_bytes"] + 1), "a.txt", tmp_path) == "file_large"


def test_what_would_swell_is_not_unpacked(tmp_path):
    """A list of parts of 200 MB, a hundred thousand parts, two parts of one name."""
    assert refused(packed({"[Content_Types].xml": b" " * 200_000_000}), "a.docx", tmp_path) == "file_kind"
    many = packed({f"p{number}": b"" for number in range(6000)} | {"mimetype": b"x"})
    assert refused(many, "a.odt", tmp_path) == "file_damaged"
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("mimetype", "x")
    assert refused(out.getvalue(), "a.odt", tmp_path) == "file_damaged"


def test_a_list_of_a_hundred_thousand_parts_is_not_even_read(tmp_path, monkeypatch):
    """It is twenty megabytes that become a hundred and fifty, and two seconds of work."""
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the list was read"))
    assert refused(b"PK\x03\x04" + b"PK\x01\x02" * 100_000, "a.docx", tmp_path) == "file_damaged"


@pytest.mark.parametrize("key", ["", "../../x", "A" * 32, "g" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n"])
def test_a_key_that_cannot_be_leads_nowhere(key, tmp_path):
    with pytest.raises(Gone):
        path_of(tmp_path, key)
    with pytest.raises(Gone):
        delete_file(tmp_path, key)
