"""QR codes of cards, as drawings and as pictures."""

from __future__ import annotations

import io

import segno

QUIET = 4
"""White squares around a code: readers need them (ISO 18004)."""


def qr_svg(text: str, *, title: str = "") -> str:
    """The code as SVG without a size, black on white. ``title`` is what it is, for those who do not see it."""
    made: str = _code(text).svg_inline(
        scale=1, omitsize=True, dark="#000", light="#fff", border=QUIET, title=title or None
    )
    return made


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """The code as a picture of black and white, ``scale`` points to a square."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=scale, border=QUIET, dark="#000", light="#fff")
    return out.getvalue()


def qr_squares(text: str) -> int:
    """How many squares a side of the code has, its white border included."""
    return int(_code(text).symbol_size(scale=1, border=QUIET)[0])


def _code(text: str) -> segno.QRCode:
    """A seventh of a code may be scratched (level L); the text's letters fit the alphanumeric mode exactly."""
    return segno.make_qr(text, error="l", boost_error=True)
