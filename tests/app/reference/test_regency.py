"""The regency is data: a second, fictitious one boots by swapping a folder (DESIGN D15)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select

from app import config
from app.config import ConfigurationFault
from app.reference import load, regency, regions
from app.reference.models import Region

FICTITIOUS = {
    "regency.toml": """
code = "99.01"
name = "Kabupaten Danau Biru"
short_name = "Danau Biru"
number_prefix = "DB"
timezone = "Asia/Jakarta"
[province]
code = "99"
name = "Pulau Contoh"
[office]
name = "Dinas Usaha Kabupaten Danau Biru"
short_name = "Dinas Usaha"
[contacts]
email = "kantor@danau-biru.example"
""",
    "districts.csv": "code,bps_code,name\n99.01.01,,Hulu\n99.01.02,,Hilir\n",
    "villages.csv": "code,name\n99.01.01.2001,Air Tenang\n99.01.02.1001,Pasar Lama\n",
    "aliases.csv": "code,alias\n99.01.01,Ulu\n",
}


@pytest.fixture
def danau_biru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "regencies" / "99.01"
    folder.mkdir(parents=True)
    for name, content in FICTITIOUS.items():
        (folder / name).write_text(content)
    monkeypatch.setenv("PASAR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PASAR_REGENCY", "99.01")
    config.settings.cache_clear()
    return folder


def test_kutai_timur_is_served_unless_another_regency_is_chosen() -> None:
    own = regency.current()
    assert (own.code, own.bps_code, own.name, own.number_prefix) == ("64.08", "6404", "Kabupaten Kutai Timur", "KT")
    assert own.zone.key == "Asia/Makassar"
    assert own.contacts.phone is None, "an unknown contact stays unknown"


def test_a_fictitious_regency_boots_by_swapping_its_folder(danau_biru: Path, session: Session) -> None:
    own = regency.current()
    assert (own.name, own.number_prefix, own.zone.key) == ("Kabupaten Danau Biru", "DB", "Asia/Jakarta")
    assert own.folder == danau_biru.resolve()
    assert [place.name for place in regions.districts()] == ["Hulu", "Hilir"]
    assert [(place.name, place.kind) for place in regions.villages()] == [
        ("Air Tenang", "desa"),
        ("Pasar Lama", "kelurahan"),
    ]
    found = regions.recognise("kec. ulu", level="district")
    assert found is not None
    assert found.code == "99.01.01"
    assert regions.recognise("Sangatta Utara", level="district") is None, "another regency's district is unknown here"
    assert len(regions.regencies()) == 515, "the regencies of Indonesia and the fictitious one"

    assert "regions 99.01" in load.everything(session)
    stored = session.exec(select(Region.name).where(Region.parent_code == "99.01").order_by(Region.code)).all()
    assert stored == ["Hulu", "Hilir"]


def test_an_operators_folder_comes_before_the_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "regencies" / "64.08"
    folder.mkdir(parents=True)
    (folder / "regency.toml").write_text("")
    assert regency.folder_of("64.08", tmp_path) == folder.resolve()
    assert regency.folder_of("64.08", tmp_path / "elsewhere") == (regency.SHIPPED / "regencies" / "64.08").resolve()


def test_a_regency_without_a_folder_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationFault, match=r"regencies/12\.34"):
        regency.folder_of("12.34", tmp_path)


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ('timezone = "Asia/Jakarta"', 'timezone = "Mars/Olympus"'),
        ('number_prefix = "DB"', ""),
        ('code = "99.01"', 'code = "99.02"'),
        ('email = "kantor@danau-biru.example"', 'telegram = "x"'),
    ],
)
def test_a_faulty_description_is_refused_naming_the_regency(danau_biru: Path, line: str, replacement: str) -> None:
    description = danau_biru / "regency.toml"
    description.write_text(FICTITIOUS["regency.toml"].replace(line, replacement))
    with pytest.raises(ConfigurationFault, match=r"99\.01"):
        regency.current()
