"""Size of the binary, which is also the image."""

from pathlib import Path

from figures import Figures
from workshop import Workshop


def run(workshop: Workshop, figures: Figures) -> None:
    size = Path(workshop.binary).stat().st_size / 1e6
    figures.add("binary", f"{size:.1f} MB", "40 MB", "", size <= 40)
