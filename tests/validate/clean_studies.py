"""Clean builds of both studies, in memory: a few subjects that show nothing to find."""

from __future__ import annotations

from pathlib import Path

from fault_table import CleanStudy

from sdtmconv.build import build
from sdtmconv.simulate import simulate
from sdtmconv.transport import read_xpt

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "pharmaverse" / "raw"


def build_biottt001(folder: Path) -> CleanStudy:
    """Simulate and build the reference study, and take subjects of all kinds."""
    simulate(14, 79, folder / "raw")
    return _take_clean(ROOT / "specs/biottt001", folder / "raw", folder / "out", most=14)


def build_cdiscpilot01(folder: Path) -> CleanStudy:
    """Build the pilot study from its public raw records, and take a few subjects."""
    return _take_clean(ROOT / "specs/cdiscpilot01", RAW, folder / "out", most=25)


def _take_clean(spec: Path, raw: Path, out: Path, most: int) -> CleanStudy:
    """Take the first subjects about whom nothing was found."""
    result = build(spec, raw=raw, out=out)
    groups = [g for g in result.findings.groups if not g.rule.startswith("raw-")]
    found = {subject for g in groups for subject in g.keys.get("USUBJID", ())}
    assert all("USUBJID" in g.keys for g in groups), [g.place for g in groups]
    files = sorted(out.rglob("*.xpt"))
    frames = {path.stem.upper(): read_xpt(path, encoding="utf-8").frame for path in files}
    subjects = [s for s in frames["DM"]["USUBJID"] if s not in found][:most]
    for name, frame in frames.items():
        if "USUBJID" in frame:
            kept = frame["USUBJID"].isin(subjects) | frame["USUBJID"].isna()
            frames[name] = frame[kept].reset_index(drop=True)
    return CleanStudy(result.study, frames)
