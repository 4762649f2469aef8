"""A workbook that is made to cost more than it is worth is told in one line, in little memory."""

import os
import resource
import subprocess
import sys
import textwrap

import pytest

from hotline.doors.console.importing import sources
from hotline.doors.console.importing.sources import Unusable, table_of
from tests.uploads import SHEET, bomb, crowded, office, overlapping, zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


def a_book(rows, *, dtd="", dimension="A1:B2", text="v", **more):
    """A workbook by hand, of which every part can be anything."""
    sheet = f'{dtd}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="{SHEET}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets><sheet name="s" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="b" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    } | more)  # fmt: skip


def cell(value, at="A1"):
    return f'<row r="1"><c r="{at}" t="inlineStr"><is><t>{value}</t></is></c></row>'


HOSTILE = {
    "a bomb": bomb(),
    "members that overlap": overlapping(),
    "very many members": crowded(),
    "a billion laughs": a_book(cell("&l9;"), dtd=f"<!DOCTYPE x [{LAUGHS}]>"),
    "a file of the host": a_book(cell("&x;"), dtd='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "a row beyond the end": a_book('<row r="99999999999"><c r="A99999999999"/></row>'),
    "no workbook": office(),
}  # fmt: skip


def read(path):
    """All that the import would see of it."""
    return [line.cells for line in table_of(path).lines]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused(tmp_path, name, monkeypatch):
    monkeypatch.setattr(sources, "ROWS_MOST", 20_000)  # a million take a while
    file = tmp_path / "a.xlsx"
    file.write_bytes(HOSTILE[name])
    with pytest.raises(Unusable) as told:
        read(file)
    assert "a.xlsx" in str(told.value) and "root:" not in str(told.value)


def test_a_sheet_may_say_what_it_likes_of_its_size(tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(a_book(cell("v", "XFD1"), dimension="A1:XFD1048576"))
    assert len(read(file)) == 1
    assert len(read(file)[0]) <= 100


def test_links_to_elsewhere_are_not_followed(tmp_path):
    file = tmp_path / "a.xlsx"
    link = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{KIND}/externalLinkPath" TargetMode="External" Target="http://127.0.0.1:9/x"/></Relationships>'
    file.write_bytes(a_book(cell("v"), **{"xl/externalLinks/_rels/externalLink1.xml.rels": link}))
    assert read(file) == [["v", *[""] * (len(read(file)[0]) - 1)]]


def test_all_of_them_are_read_in_little_memory(tmp_path):
    for number, content in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    code = textwrap.dedent("""
        import pathlib, resource, sys
        from hotline.doors.console.importing import sources
        from hotline.doors.console.importing.sources import Unusable, table_of
        sources.ROWS_MOST = 20_000
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for path in pathlib.Path(sys.argv[1]).glob("*.xlsx"):
            try:
                sum(1 for line in table_of(path).lines)
            except Unusable:
                pass
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """)
    most = 600 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
        env=os.environ | {"PYTHONPATH": "."},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 60_000, "kB more than before"
