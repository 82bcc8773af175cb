"""A reader's own files: the part of the left column where they are added, asked about and removed."""

from __future__ import annotations

from layers.intake.stage import NAMES
from layers.intake.supervise import MOST_BYTES
from layers.routes import backdrop_url
from layers.text import say
from layers.view import View
from layers.visitors.routes import uploads_url
from layers.visitors.store import OLDEST_S, folders
from layers.visitors.whose import folder_name
from views.component import mount
from views.state import base_path, visitor

KEY = "upload"
WORDS = (
    *("title", "add", "about", "sending", "reading", "rejected", "taken", "report", "report_with", "remove", "go_on"),
    *("which_layer", "which_system", "which_encoding", "features", "other_system", "other_code", "no_system", "shift"),
    *(f"stage_{name}" for name in NAMES),
    *("dropped", "repaired", "failed", "too_large", "where"),
)
ABOUT = ("about_formats", "about_private", "about_larger")
BLANKS = {
    name: f"{{{name}}}" for name in ("part", "kept", "all", "count", "metres", "operation")
}  # filled in the browser
MB, HOUR_S = 1_000_000, 3600


def show(view: View, act: str = "own") -> None:
    """Draw it; ``act`` is the action that a layer which was taken asks for.

    The token reaches the browser in the component's data, and goes back in a header.
    """
    language, token = view.language, visitor()
    limits = {"size": MOST_BYTES // MB, "hours": int(OLDEST_S // HOUR_S)}
    words = {word: say(language, f"upload_{word}", **BLANKS, **limits) for word in WORDS}
    told = [say(language, f"upload_{part}", **limits) for part in ABOUT]
    data = {
        "language": language,
        "url": uploads_url(base_path()),
        "outline": backdrop_url(base_path(), "country"),
        "token": token,
        "act": act,
        "kept": bool(folders(folder_name(token))),
        "most": MOST_BYTES,
        "words": words | {"details": told},
    }
    mount(KEY, data, KEY)
