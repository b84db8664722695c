"""Documents from people: kept as they came, and only ever handed out as downloads.

What a file is, its content says; its name must say the same. Taken are documents whose insides can be told apart
without running anything. Macros and archives of anything are not: nobody can say what they do to whoever opens them.
"""

import re
import secrets
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from core.errors import BadFile, Gone
from core.limits import LIMITS
from core.media import write_whole
from core.plain import clean_line

OCTETS = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
KINDS = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
    "txt": OCTETS,
    "md": OCTETS,
    "csv": OCTETS,
}
"""Ending of the name -> what it is sent as. Plain text goes as bytes: nobody said in which letters it is written."""

_MAIN_PARTS = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_KEY = re.compile(r"[0-9a-f]{32}")
_STRANGE = re.compile(r'[:*?"<>|]+')
"""What some systems do not allow in a name."""
_LOOKS_LIKE_ENDING = re.compile(r"\.(?=[A-Za-z][A-Za-z0-9]{0,4}(?![A-Za-z0-9]))")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MACROS = re.compile(r"(?i)(?:^|/)(?:vbaProject|vbaData)[^/]*$|(?:^|/)activeX/|^Basic/|^Scripts/")
MOST_PARTS = 5000
MOST_TYPES_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """`kind` is the ending of its name, `size` in bytes."""

    key: str
    name: str
    kind: str
    size: int


def store_file(raw: bytes, name: str, folder: Path) -> StoredFile:
    """Look at a document and write it. It is whole and on disk when this returns. Never inside a transaction.

    Raises BadFile with the code file_large, file_empty, file_kind, file_damaged or file_macros."""
    if len(raw) > LIMITS["file_bytes"]:
        raise BadFile("file_large", most=LIMITS["file_bytes"] // 1024 // 1024)
    if not raw:
        raise BadFile("file_empty")
    tidy, kind = clean_name(name)
    _check(raw, kind)
    key = secrets.token_hex(16)
    write_whole(_path(folder, key), raw)
    return StoredFile(key, tidy, kind, len(raw))


def clean_name(name: str) -> tuple[str, str]:
    """The name as it is kept, and its ending: no folders, nothing unseen, and one ending only, so that no
    `bill.exe.pdf` is taken for something else where endings are not shown. Raises BadFile("file_kind")."""
    line = clean_line(_STRANGE.sub("_", name.replace("\\", "/").rpartition("/")[2]))
    stem, dot, ending = line.rpartition(".")
    kind = ending.lower()
    if not dot or kind not in KINDS:
        raise BadFile("file_kind")
    stem = _LOOKS_LIKE_ENDING.sub("_", stem).strip(". ")[: LIMITS["file_name"] - len(kind) - 1].strip(". ")
    return f"{stem or 'file'}.{kind}", kind


def path_of(folder: Path, key: str) -> Path:
    """Where a file lies. Raises Gone for a key that cannot be and for a missing file."""
    path = _path(folder, key)
    if not path.is_file():
        raise Gone
    return path


def delete_file(folder: Path, key: str) -> None:
    """What is gone already is no error. A key that cannot be raises Gone."""
    _path(folder, key).unlink(missing_ok=True)


def stored_keys(part: Path) -> list[tuple[str, Path]]:
    """The files of one part of the folder, each with its key."""
    return [(path.name, path) for path in sorted(part.iterdir()) if path.is_file()]


def _path(folder: Path, key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise Gone
    return folder / key[:2] / key


# ---- what it is ---------------------------------------------------------------------------------------------


def _check(raw: bytes, kind: str) -> None:
    if kind == "pdf":
        _check_pdf(raw)
    elif KINDS[kind] == OCTETS:
        _check_text(raw)
    else:
        _check_office(raw, kind)


def _check_pdf(raw: bytes) -> None:
    if not raw.startswith(b"%PDF-"):
        raise BadFile("file_kind")
    if b"%%EOF" not in raw[-4096:]:
        raise BadFile("file_damaged")


def _check_text(raw: bytes) -> None:
    """Text in UTF-8, or in the letters of Chinese Windows."""
    for letters in ("utf-8-sig", "gb18030", "big5"):
        try:
            text = raw.decode(letters)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            return
    raise BadFile("file_kind")


def _check_office(raw: bytes, kind: str) -> None:
    """Only the list of parts and one small part are read, so nothing in it can swell."""
    if not raw.startswith(b"PK\x03\x04"):
        raise BadFile("file_kind")
    if raw.count(b"PK\x01\x02") > MOST_PARTS:  # before the list is read: each of its lines becomes an object
        raise BadFile("file_damaged")
    try:
        with zipfile.ZipFile(BytesIO(raw)) as parts:
            names = parts.namelist()
            if len(names) > MOST_PARTS or len(set(names)) < len(names):
                raise BadFile("file_damaged")
            right = _is_office(parts, kind) if kind in _MAIN_PARTS else _is_open(parts, kind)
    except BadFile:
        raise
    except Exception as error:  # a zip that was made to break its reader raises whatever comes to its mind
        raise BadFile("file_damaged") from error
    if any(_MACROS.search(name.replace("\\", "/")) for name in names):
        raise BadFile("file_macros")
    if not right:
        raise BadFile("file_kind")


def _is_office(parts: zipfile.ZipFile, kind: str) -> bool:
    types = _read(parts, "[Content_Types].xml", MOST_TYPES_BYTES)
    if b"macroEnabled" in types or b"vnd.ms-office.vbaProject" in types:
        raise BadFile("file_macros")
    return _MAIN_PARTS[kind].encode() in types


def _is_open(parts: zipfile.ZipFile, kind: str) -> bool:
    return _read(parts, "mimetype", 200).strip() == KINDS[kind].encode()


def _read(parts: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Nothing when there is no such part, or when it is larger than it could be."""
    try:
        with parts.open(name) as part:
            found = part.read(most + 1)
    except KeyError:
        return b""
    return found if len(found) <= most else b""
