"""docs/media.md shows what the library makes."""

import os
import re
import subprocess
import sys

import numpy as np
from conftest import ROOT
from PIL import Image

FOLDER = ROOT / "docs" / "media"


def test_the_pictures_are_those_the_script_makes(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "POACL_SOC": ""}
    made = subprocess.run([sys.executable, str(FOLDER / "make_pictures.py"), str(tmp_path)],
                          env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in FOLDER.glob("*.jpg"))
    for name in names:
        shown, fresh = (np.asarray(Image.open(folder / name), int) for folder in (FOLDER, tmp_path))
        assert shown.shape == fresh.shape, name
        assert np.abs(shown - fresh).mean() < 0.5, f"{name} is old: run docs/media/make_pictures.py"


def test_every_picture_is_on_the_page_and_small():
    text = (ROOT / "docs" / "media.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\(media/(\w+\.jpg)\)", text))
    assert shown == {path.name for path in FOLDER.glob("*.jpg")}
    sizes = [path.stat().st_size for path in FOLDER.glob("*.jpg")]
    assert max(sizes) < 200_000 and sum(sizes) < 1_000_000
