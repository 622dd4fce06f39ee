"""A build over a Dask cluster: a real scheduler and two worker processes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.errors import DataError
from sdtmconv.simulate import simulate

distributed = pytest.importorskip("distributed", reason="the extra sdtmconv[dask] is not installed")

STUDY = Path(__file__).parents[2] / "specs" / "biottt001"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_cluster_gives_the_same_bytes(scheduler: str, tmp_path: Path) -> None:
    """Every file of the output is the same, whoever computed it."""
    simulate(12, 3, tmp_path / "raw")
    build(STUDY, raw=tmp_path / "raw", out=tmp_path / "here")
    build(STUDY, raw=tmp_path / "raw", out=tmp_path / "cluster", scheduler=scheduler, chunk_size=5)
    assert digest(tmp_path / "cluster") == digest(tmp_path / "here")


def test_a_scheduler_that_does_not_answer_is_said(tmp_path: Path) -> None:
    """A wrong address is a fault with a remedy, and nothing is written."""
    simulate(3, 3, tmp_path / "raw")
    with pytest.raises(DataError, match="does not answer"):
        build(STUDY, raw=tmp_path / "raw", out=tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    assert not (tmp_path / "out").exists()
