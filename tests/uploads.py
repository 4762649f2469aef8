"""Files that people send, good and hostile ones, made in code: nothing hostile lies in the tree."""

import gzip
import struct
import zlib
from base64 import b85decode
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from PIL import Image

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MAIN = "application/vnd.openxmlformats-officedocument.{}ml.{}.main+xml"
DOCUMENT = MAIN.format("wordprocessing", "document")
SHEET = MAIN.format("spreadsheet", "sheet")
SLIDES = MAIN.format("presentation", "presentation")

HEIC = zlib.decompress(  # a teal photo of 64 × 48, with a canary in its camera's name
    b85decode(
        "c-mc&ze~eF6vy8+wq(%O9~Fv7X`M=^Rva9I*0Biw1)kT093<_ThFUiZE^dP0?4+ZsI*6|R15Pd?2u_`(h$X(4oFa"
        "YX^4|Nr@4ZXj0l=~o9xB(C0?>Tv)G78QcL3PEZ-*QbE4wW(&@m_}LYS~M>2=~J4GU7hC}OXPM=KyB^7Thnaji?)c"
        "H)exi<sDn48ZM)I{br-BwKwM%d<*`K4>M3r3w`K7pX)CeGm6;GK0`*EGiD+dpsHe<cwY1QLxxFiy{&jq%i0y-lZ&"
        "##p(uQ6P1h7AbtMvc6obay0sD_gI-YHLwTmb9=i`Gc*uh2ctKlueWWvxIYN||U1jUvwe+e8k1HM1$JexvhY&^4P!"
        "D5P$-X3Ln5Ibsl*<3T3kEDbNEzv4jF)6!JDO)jt1IH+Q^y^@#p#yv6?Q#U7(MMjN5hrvgR{@8`MG!GnPi&HCR8yq"
        "fw5eCa+bPMJHgvLI4lY7+X06kJ$Pd("
    )
)


def picture(kind="JPEG", size=(40, 30), mode="RGB", **more):
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


def zipped(members, packing=ZIP_DEFLATED, comment=b""):
    out = BytesIO()
    with ZipFile(out, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.comment = comment
    return out.getvalue()


def office(main=DOCUMENT, **members):
    """An Office document of the present kind: its list of parts, and parts."""
    types = f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'
    parts = {"[Content_Types].xml": types, "word/document.xml": "<w/>"}
    return zipped(parts | {name.replace("__", "/"): content for name, content in members.items()})


def open_document(kind="text"):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<office/>")
    return out.getvalue()


def ole(*streams):
    """A document of before 2007: a compound file with streams of these names, all empty."""
    sector = 512
    names = ["Root Entry", *streams]
    entries = b""
    for index, name in enumerate(names):
        text = name.encode("utf-16-le") + b"\0\0"
        kind, child = (5, 1 if streams else 0xFFFFFFFF) if index == 0 else (2, 0xFFFFFFFF)
        right = index + 1 if 0 < index < len(streams) else 0xFFFFFFFF
        entries += text.ljust(64, b"\0") + struct.pack(
            "<HBBLLL16sLQQLLL", len(text), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0,
            0xFFFFFFFE, 0, 0,
        )  # fmt: skip
    sectors = max(1, -(-len(entries) // sector))
    entries = entries.ljust(sectors * sector, b"\0")
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    fat = b"".join(struct.pack("<L", value) for value in chain).ljust(sector, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sLLLLLLLLLL", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        b"", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0,
    )  # fmt: skip
    header = header.ljust(512 - 4 * 108, b"\xff") + b"".join([b"\xff" * 4 * 108])
    return header + fat + entries


def pdf(more=b""):
    return b"%PDF-1.7\n1 0 obj<<>>endobj\n" + more + b"\ntrailer<<>>\n%%EOF\n"


def mp3():
    frame = b"\xff\xfb\x90\x00".ljust(417, b"\0")
    return frame * 3


def amr():
    return b"#!AMR\n" + bytes(range(64))


def mp4(brand=b"mp42"):
    return struct.pack("!L4s4sL", 24, b"ftyp", brand, 0) + b"isom" + brand + b"\0" * 40


# --- Hostile ------------------------------------------------------------------------------


def bomb(megabytes=2000):
    """A document of some kB that says it unpacks to this much."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1024 * 1024)
    content = b"".join(packer.compress(zeros) for _ in range(min(megabytes, 20))) + packer.flush()
    return raw_zip([("[Content_Types].xml", content, megabytes * 1024 * 1024)])


def overlapping(times=500):
    """A thousand members that are all the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = packer.compress(bytes(1024 * 1024)) + packer.flush()
    return raw_zip([("x", content, 1024 * 1024)], repeat=times)


def raw_zip(members, repeat=1, lie=None):
    """A zip file put together by hand, so that it can say what it likes."""
    body, directory, count = b"", b"", 0
    for called, content, size in members:
        at, name = len(body), called.encode()
        fields = (20, 0, 8, 0, 0, 0, len(content), lie or min(size, 0xFFFFFFFE), len(name), 0)
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name + content
        entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, at) + name
        directory += entry * repeat
        count += repeat
    end = (0, 0, min(count, 65534), min(count, 65534), len(directory), len(body), 0)
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", *end)


def crowded():
    """A directory of some hundred thousand members: reading it is what costs."""
    return raw_zip([("x", b"", 0)], repeat=120_000)


def png_of(width, height, lines=0):
    """A PNG with transparency that says it is so large, and has so many lines of it, all black."""

    def chunk(kind, content):
        whole = kind + content
        return struct.pack("!L", len(content)) + whole + struct.pack("!L", zlib.crc32(whole))

    header = struct.pack("!2L5B", width, height, 8, 6, 0, 0, 0)
    packer = zlib.compressobj(1)
    content = b"".join(packer.compress(bytes(1 + 4 * width)) for _ in range(lines)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


def telling():
    """A photo that says who took it and where, in every place where a photo can."""
    exif = Image.Exif()
    exif[0x010F] = "canary camera"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    return picture(
        exif=exif.tobytes(), comment=b"canary comment", xmp=b"<x:xmpmeta>canary</x:xmpmeta>",
        icc_profile=b"canary profile",
    ) + b"canary after the end"  # fmt: skip


GOOD = {  # name -> content, extension that it is kept under
    "photo.jpg": (picture(), "jpg"), "IMG_0001.HEIC": (HEIC, "heic"), "shot.png": (picture("PNG"), "png"),
    "shot.webp": (picture("WEBP"), "webp"), "paper.pdf": (pdf(), "pdf"),
    "letter.docx": (office(), "docx"), "list.xlsx": (office(SHEET), "xlsx"),
    "talk.pptx": (office(SLIDES), "pptx"), "letter.odt": (open_document(), "odt"),
    "list.ods": (open_document("spreadsheet"), "ods"), "letter.doc": (ole("WordDocument"), "doc"),
    "list.xls": (ole("Workbook"), "xls"), "talk.ppt": (ole("PowerPoint Document"), "ppt"),
    "notes.txt": ("宿舍漏水，见照片。\n".encode(), "txt"),
    "old.txt": ("宿舍漏水，见照片。".encode("gb18030"), "txt"),
    "wide.txt": ("宿舍漏水".encode("utf-16"), "txt"),
    "call.mp3": (mp3(), "mp3"), "call.amr": (amr(), "amr"), "call.m4a": (mp4(b"M4A "), "m4a"),
    "film.mp4": (mp4(), "mp4"), "film.mov": (mp4(b"qt  "), "mp4"),
}  # fmt: skip
MISNAMED = {
    "photo.exe": (picture(), "photo.jpg"), "photo.png": (picture(), "photo.jpg"),
    "letter.pdf": (office(), "letter.docx"), "letter": (ole("WordDocument"), "letter.doc"),
    "list.docx": (office(SHEET), "list.xlsx"), "../../etc/passwd": (pdf(), "passwd.pdf"),
}  # fmt: skip
HOSTILE = {
    "empty.jpg": b"",
    "script.svg": SVG, "script.txt": SVG, "page.html": SCRIPT, "page.txt": b"  \n" + SCRIPT,
    "page.jpg": SCRIPT, "xml.txt": b'<?xml version="1.0"?><svg/>', "shell.txt": b"#!/bin/sh\nrm -rf /",
    "php.txt": b"<?php system($_GET[0]);", "program.exe": b"MZ\x90\x00" + bytes(100),
    "elf.pdf": b"\x7fELF" + bytes(100), "java.class": b"\xca\xfe\xba\xbe" + bytes(40),
    "gif.gif": b"GIF89a" + bytes(20), "binary.txt": b"a\0b", "noname": b"nothing",
    "half.png": picture("PNG")[:20], "junk.jpg": b"\xff\xd8\xff" + bytes(50),
    "late.pdf": b"junk before it\n" + pdf(), "pdf-and.zip.pdf": pdf() + office(),
    "script-and.docx": SCRIPT + office(), "docx-and.docx": office() + SCRIPT,
    "broken.docx": b"PK\x03\x04 broken", "cut.docx": office()[:-30],
    "macros.docx": office("application/vnd.ms-word.document.macroEnabled.main+xml"),
    "hidden-macros.docx": office(word__vbaProject=b"x", **{"word__vbaProject.bin": b"x"}),
    "macros.doc": ole("WordDocument", "Macros"), "strange.doc": ole("Something"),
    "locked.docx": ole("EncryptedPackage", "EncryptionInfo"), "cut.doc": ole("WordDocument")[:600],
    "plain.zip": zipped({"a.txt": "a"}), "app.apk": zipped({"AndroidManifest.xml": "x"}),
    "java.jar": zipped({"META-INF/MANIFEST.MF": "x"}),
    "climbing.docx": office(**{"..__..__etc__passwd": "x"}),
    "absolute.docx": office(__etc__passwd="x"),
    "bomb.docx": bomb(), "overlap.docx": overlapping(), "crowd.docx": crowded(),
    "vector.svgz": gzip.compress(SVG, mtime=0), "archive.tar.gz": gzip.compress(bytes(1024), mtime=0),
    "archive.7z": b"7z\xbc\xaf\x27\x1c" + bytes(40), "archive.rar": b"Rar!\x1a\x07\x01\x00" + bytes(40),
    "book.epub": zipped({"mimetype": "application/epub+zip"}, ZIP_STORED), "scan.tiff": picture("TIFF"),
    "icon.ico": picture("ICO"), "backwards-gpj.exe": b"MZ" + bytes(80), "disk.iso": bytes(32_769) + b"CD001",
    "huge.png": png_of(60_000, 60_000), "giant.png": png_of(2**31 - 1, 2**31 - 1),
    "id3.mp3": b"ID3" + bytes(300), "almost.mp3": b"\xff\xfb\x90" + SCRIPT,
    "strange.mp4": mp4(b"evil"), "mail.txt": b"MIME-Version: 1.0\nContent-Type: text/html\n",
}  # fmt: skip
