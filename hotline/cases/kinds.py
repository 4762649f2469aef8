"""What an upload is, by what it holds: neither its name nor what the sender says of it is believed.

A short list of kinds is taken, each opened as far as it takes to be sure; all the rest is refused.
Why no table of magic numbers does this: docs/decisions, "What an upload is".
"""

import codecs
import re
from pathlib import PurePath
from typing import IO, NamedTuple

import olefile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotline.base import pictures, sounds
from hotline.base.archives import Hostile, look_over, read_member

Words = str | Promise
HEAD = 4096  # bytes that a signature lies in
PIECE = 256 * 1024  # bytes of a text that are read in one go
ENCODINGS = ("utf-8-sig", "gb18030")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .doc, .xls and .ppt
TYPES_MOST = 256 * 1024  # bytes of an Office document's list of parts
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
MIMES = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic",
    "pdf": "application/pdf", "txt": "text/plain",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": f"{OOXML}wordprocessingml.document", "xlsx": f"{OOXML}spreadsheetml.sheet",
    "pptx": f"{OOXML}presentationml.presentation",
    "odt": f"{ODF}text", "ods": f"{ODF}spreadsheet", "odp": f"{ODF}presentation",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "amr": "audio/amr", "mp4": "video/mp4",
}  # fmt: skip
ACCEPT = ",".join(f".{extension}" for extension in ("jpeg", "heif", *MIMES))
OLE_STREAMS = {
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
}
OLE_MACROS = {"Macros", "_VBA_PROJECT_CUR", "VBA"}
OOXML_MAIN = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.(wordprocessing|spreadsheet|presentation)ml"
    rb"\.(?:document|sheet|presentation|slideshow|template)\.main\+xml|[\w.-]*(macroEnabled))"
)
OOXML_KINDS = {b"wordprocessing": "docx", b"spreadsheet": "xlsx", b"presentation": "pptx"}
MARKUP = re.compile(r"\s*(<[!?a-z/]|#!|%!|\{\\rtf|mime-version:|content-type:)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Unfit(Exception):
    """What cannot be taken; ``words`` say of one file why, and what would help."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


class Kind(NamedTuple):
    mime: str
    extension: str

    @property
    def is_photo(self) -> bool:
        return self.mime.startswith("image/")


STRANGE = _("不是可以接收的类型：请上传图片、PDF、Office 文档、文本、录音或短视频")
DAMAGED = _("已损坏或不完整，请重新导出后再上传")
LOCKED = _("有密码，无法检查，请去掉密码后再上传")
MACROS = _("含有宏，请另存为不含宏的文档（如 docx、xlsx）或 PDF 后再上传")
MIXED = _("里藏有别的内容，请用原来的程序重新导出后再上传")
BOMB = _("解压后过大，无法接收")


def kind_of(file: IO[bytes], name: str) -> Kind:
    """What a file is. ``name`` only tells a text from what has no signature either. Raises Unfit."""
    file.seek(0)
    head = file.read(HEAD)
    extension = _extension(file, head, PurePath(name).suffix.lower())
    file.seek(0)
    if extension is None:
        raise Unfit(STRANGE)
    return Kind(MIMES[extension], extension)


def _extension(file: IO[bytes], head: bytes, suffix: str) -> str | None:
    if found := _picture(file):
        return found
    if head.startswith(b"%PDF-"):
        return _pdf(file)
    if head.startswith(OLE):
        return _old_office(file)
    if head.startswith(b"PK\x03\x04"):
        return _archive(file)
    if found := sounds.kind_of(file, head):
        return found
    return _text(file) if suffix == ".txt" else None


def _picture(file: IO[bytes]) -> str | None:
    try:
        return pictures.kind_of(file)
    except pictures.TooLarge:
        raise Unfit(
            _("像素过多：最多 %d 百万像素，请用普通画质重拍或缩小后再上传")
            % (pictures.PIXELS_MOST // 1_000_000)
        ) from None


def _pdf(file: IO[bytes]) -> str:
    """A PDF that is not a zip file besides: one that ends where the PDF does."""
    try:
        look_over(file)
    except Hostile as reason:
        if str(reason) in {"damaged", "has something after its end"}:
            return "pdf"
    raise Unfit(MIXED)


def _archive(file: IO[bytes]) -> str:
    try:
        archive = look_over(file)
        names = set(archive.namelist())
        if "mimetype" in names:
            mime = read_member(archive, "mimetype", 100).decode("ascii", "replace").strip()
            found = next((e for e in ("odt", "ods", "odp") if MIMES[e] == mime), None)
        else:
            found = _ooxml(read_member(archive, "[Content_Types].xml", TYPES_MOST))
    except Hostile as reason:
        raise Unfit(ARCHIVE_WORDS.get(str(reason), STRANGE)) from None
    if any(_is_macro(name) for name in names):
        raise Unfit(MACROS)
    if found is None:
        raise Unfit(STRANGE)
    return found


ARCHIVE_WORDS: dict[str, Words] = {
    "damaged": DAMAGED, "is encrypted": LOCKED, "unpacks to too much": BOMB,
    "has members that overlap": BOMB, "has too many members": BOMB,
    "has something before its beginning": MIXED, "has something after its end": MIXED,
}  # fmt: skip


def _ooxml(types: bytes) -> str | None:
    """Which Office document the list of parts declares. Raises Unfit for one with macros."""
    found = None
    for kind, macro in OOXML_MAIN.findall(types):
        if macro:
            raise Unfit(MACROS)
        found = found or OOXML_KINDS[kind]
    return found


def _is_macro(name: str) -> bool:
    lower = name.lower()
    return lower.endswith("vbaproject.bin") or lower.startswith(("basic/", "scripts/"))


def _old_office(file: IO[bytes]) -> str:
    file.seek(0)
    try:
        with olefile.OleFileIO(file, raise_defects=olefile.DEFECT_FATAL) as document:
            streams = {path[0] for path in document.listdir(streams=True, storages=True)}
    except Exception:  # noqa: BLE001 - the parser of a format from 1992 fails in every way there is
        raise Unfit(DAMAGED) from None
    if "EncryptedPackage" in streams:
        raise Unfit(LOCKED)
    if streams & OLE_MACROS:
        raise Unfit(MACROS)
    found = next((kind for stream, kind in OLE_STREAMS.items() if stream in streams), None)
    if found is None:
        raise Unfit(STRANGE)
    return found


def _text(file: IO[bytes]) -> str:
    """A text in an encoding that editors here write, and of no language that a browser acts on."""
    file.seek(0)
    start = file.read(2)
    wide = start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    if any(_reads_as(file, encoding) for encoding in (["utf-16"] if wide else ENCODINGS)):
        return "txt"
    raise Unfit(STRANGE)


def _reads_as(file: IO[bytes], encoding: str) -> bool:
    """Is all of it text in this encoding, and is its beginning no markup?"""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    first = True
    try:
        while piece := file.read(PIECE):
            text = decoder.decode(piece)
            if CONTROL.search(text) or (first and MARKUP.match(text)):
                return False
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
