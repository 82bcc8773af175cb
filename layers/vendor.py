"""Front-end files that the map needs, copied at set-up from installed packages and served by the atlas itself."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from layers.errors import AtlasError
from layers.spec import ROOT

FOLDER = ROOT / ".atlas" / "vendor"
PACKAGES = ROOT / "layers" / "web" / "node_modules"
SUFFIXES = (".js", ".css", ".png", ".woff2")
LEAFLET_JS = "leaflet/leaflet.js"
LEAFLET_CSS = "leaflet/leaflet.css"
PROJ4_JS = "proj4/proj4.js"
GEODESIC_JS = "geographiclib-geodesic/geographiclib-geodesic.min.js"
FONTS = ("fonts/source-sans.woff2", "fonts/source-sans-italic.woff2")
# The same typeface for printed pages, in the format and the weights that these need; it is not served.
PAPER_FONTS_FOLDER = ROOT / ".atlas" / "fonts"
PAPER_FONTS_PACKAGE = "@expo-google-fonts/source-sans-3"
PAPER_FONTS = ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")
FONT_PATTERNS = ("SourceSansVF-Upright*.woff2", "SourceSansVF-Italic*.woff2")


def install() -> int:
    """Copy what the map loads into the ignored FOLDER; returns the number of files.

    Leaflet, the geodesics and proj4 come from their pinned npm packages, the page's own typeface from the installed
    Streamlit, so that the map frame and the page around it look alike. AtlasError names what set-up has not brought.
    """
    leaflet, geodesic = PACKAGES / "leaflet" / "dist", PACKAGES / GEODESIC_JS
    proj4 = PACKAGES / "proj4" / "dist" / Path(PROJ4_JS).name
    for path in (leaflet, geodesic, proj4):
        if not path.exists():
            raise AtlasError(f"{path} is missing: run make setup, which installs the front-end packages.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in (LEAFLET_JS, LEAFLET_CSS):
        _copy(leaflet / Path(name).name, FOLDER / name)
    _copy(geodesic, FOLDER / GEODESIC_JS)
    _copy(proj4, FOLDER / PROJ4_JS)
    shutil.copytree(leaflet / "images", FOLDER / "leaflet" / "images")
    for pattern, name in zip(FONT_PATTERNS, FONTS, strict=True):
        _copy(_font(pattern), FOLDER / name)
    _paper_fonts()
    return sum(path.is_file() for folder in (FOLDER, PAPER_FONTS_FOLDER) for path in folder.rglob("*"))


def _paper_fonts() -> None:
    shutil.rmtree(PAPER_FONTS_FOLDER, ignore_errors=True)
    for weight in PAPER_FONTS:
        found = sorted((PACKAGES / PAPER_FONTS_PACKAGE / weight).glob("*.ttf"))
        if not found:
            raise AtlasError(f"{PAPER_FONTS_PACKAGE} has no {weight}: run make setup, which installs it.")
        _copy(found[0], PAPER_FONTS_FOLDER / f"{weight}.ttf")


def _font(pattern: str) -> Path:
    streamlit = find_spec("streamlit")
    assert streamlit is not None
    assert streamlit.origin is not None
    media = Path(streamlit.origin).parent / "static" / "static" / "media"
    found = sorted(media.glob(pattern))
    if not found:
        raise AtlasError(f"The installed Streamlit has no font {pattern}: install the pinned requirements.")
    return found[0]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
