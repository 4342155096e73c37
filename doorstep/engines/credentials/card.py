"""The printed card: 85.6 x 54 mm (ISO 7810 ID-1), front and back side by side, to be cut out, folded and laminated.

A page of HTML with print styles, which every browser prints. The front is for people: the name in two scripts, the
number in groups. The back is for readers: the code as large as the card allows, and whom to call who found it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from doorstep.engines.credentials.qr import qr_svg

_LONG_NAME, _LONGER_NAME = 26, 48
"""Letters from which a name is set smaller, so that it takes two lines at most."""


@dataclass(frozen=True)
class CardWords:
    """The words of a card in the language of its holder. ``fold`` stands outside of the card, for whoever makes it."""

    language: str
    is_rtl: bool
    title: str
    number: str
    born: str
    until: str
    scan: str
    found: str
    phone: str
    fold: str


@dataclass(frozen=True)
class CardFace:
    """One card as it is printed. ``born`` and ``until`` are written for people; ``text`` is that of its QR code.

    ``large``: for eyes that see little: name and number fill the front. ``notch``: a corner to cut off, so that
    fingers find the right way round.
    """

    words: CardWords
    issuer: str
    name: str
    number: str
    text: str
    second_name: str = ""
    second_language: str = ""
    born: str = ""
    until: str = ""
    large: bool = False
    notch: bool = False


def grouped(number: str) -> str:
    """A number in groups of at most four that are as equal as can be, so that it can be read out: ``4821 730 655``."""
    plain = "".join(sign for sign in number if sign.isalnum())
    parts, left = [], -(-len(plain) // 4)
    while left:
        size = -(-len(plain) // left)
        parts.append(plain[:size])
        plain, left = plain[size:], left - 1
    return " ".join(parts)


def card_html(face: CardFace) -> str:
    """Front and back of one card, to be styled with ``CARD_STYLE``."""
    words = face.words
    kind = " ".join(["card", *(["card--large"] if face.large else [])])
    return (
        f'<section class="{kind}" lang="{escape(words.language)}" dir="{"rtl" if words.is_rtl else "ltr"}">'
        f'<p class="card__fold">{escape(words.fold)}</p>'
        f'<div class="card__sheet">{_front(face)}{_back(face)}</div></section>'
    )


def cards_page(*, cards: Sequence[CardFace]) -> str:
    """A whole page of HTML with these cards, four to a sheet of A4."""
    first = cards[0].words
    return (
        f'<!doctype html><html lang="{escape(first.language)}" dir="{"rtl" if first.is_rtl else "ltr"}">'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(first.title)}</title><style>{CARD_STYLE}</style></head>"
        f'<body><main><h1 class="card__hidden">{escape(first.title)}</h1>'
        f"{''.join(card_html(face) for face in cards)}</main></body></html>"
    )


def _front(face: CardFace) -> str:
    words = face.words
    names = _name(face.name, words.language)
    if face.second_name:
        names += _name(face.second_name, face.second_language)
    facts = [(words.number, f'<bdi dir="ltr" class="card__number">{escape(grouped(face.number))}</bdi>')]
    if not face.large:
        plain = ((words.born, face.born), (words.until, face.until))
        facts += [(label, f"<bdi>{escape(value)}</bdi>") for label, value in plain if value]
    listed = "".join(f"<div><dt>{escape(label)}</dt><dd>{value}</dd></div>" for label, value in facts)
    notch = _NOTCH if face.notch else ""
    return (
        f'<div class="card__side card__front">{notch}<p class="card__issuer">{escape(face.issuer)}</p>'
        f'<p class="card__title">{escape(words.title)}</p>'
        f"{names}<dl>{listed}</dl></div>"
    )


def _name(name: str, language: str) -> str:
    size = " card__name--longer" if len(name) > _LONGER_NAME else " card__name--long" if len(name) > _LONG_NAME else ""
    return f'<p class="card__name{size}" lang="{escape(language)}" dir="auto">{escape(name)}</p>'


def _back(face: CardFace) -> str:
    words = face.words
    return (
        f'<div class="card__side card__back"><div class="card__code">{qr_svg(face.text, title=words.scan)}</div>'
        f'<div class="card__found"><p>{escape(words.scan)}</p><p>{escape(words.found)}</p>'
        f'<p class="card__phone"><bdi dir="ltr">{escape(words.phone)}</bdi></p></div></div>'
    )


_NOTCH = (
    '<svg class="card__notch" viewBox="0 0 8 8" aria-hidden="true">'
    '<path d="M0 0L8 8" stroke="#1c1b22" stroke-width=".3" stroke-dasharray="1 .6"/></svg>'
)

CARD_STYLE = """
@page{size:A4;margin:12mm}
*{box-sizing:border-box}
body{margin:0;padding:4mm;background:#fff;color:#1c1b22;font-family:system-ui,"Noto Sans","Noto Sans Bengali",
"Noto Sans Arabic",sans-serif;line-height:1.25}
.card{break-inside:avoid;margin:0 0 8mm}
.card__hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.card__fold{margin:0 0 1.5mm;font-size:9pt}
.card__sheet{display:flex;width:171.2mm;direction:ltr;border:.2mm dashed #4a4753;border-radius:3mm}
.card__side{position:relative;flex:none;width:85.6mm;max-width:100%;height:54mm;overflow:hidden}
.card[dir=rtl] .card__side{direction:rtl}
.card__side p,.card dl,.card dd{margin:0}
.card__front{display:flex;flex-direction:column;padding:3.5mm 5mm;border-right:.2mm dotted #4a4753}
.card__issuer{font-size:8pt}
.card__title{font-size:9.5pt;font-weight:700;color:#0b4f4a;border-bottom:.6mm solid #ffb81c;padding-bottom:.8mm}
.card__side .card__name{margin-top:1.4mm;font-size:13pt;font-weight:700;line-height:1.2;text-align:left}
.card[dir=rtl] .card__name{text-align:right}
.card__side .card__name--long{margin-top:1mm;font-size:9.5pt}
.card__side .card__name--longer{margin-top:.8mm;font-size:8pt}
.card dl{margin-top:auto;display:flex;flex-wrap:wrap;gap:.8mm 5mm}
.card dl div:first-child{width:100%}
.card dt{font-size:7.5pt}
.card dd{font-size:9.5pt;font-weight:700;font-variant-numeric:tabular-nums}
.card .card__number{font-size:13pt}
.card--large .card__side .card__name{font-size:18pt}
.card--large .card__side .card__name--long{font-size:13pt}
.card--large .card__side .card__name--longer{font-size:10pt}
.card--large .card__number{font-size:21pt}
.card--large dt{font-size:10pt}
.card__notch{position:absolute;top:0;right:0;width:8mm;height:8mm}
.card__back{display:flex;gap:2mm;padding:2mm 3mm;align-items:center}
.card__code{flex:0 0 46mm}
.card__code svg{display:block;width:100%;height:auto}
.card__found{flex:1;min-width:0;display:flex;flex-direction:column;gap:2mm;font-size:8pt}
.card__side .card__phone{font-size:8.5pt;font-weight:700;white-space:nowrap}
@media screen and (max-width:172mm){
.card__sheet{display:block;width:85.6mm;max-width:100%}
.card__front{border-right:0;border-bottom:.2mm dotted #4a4753}
.card__side{height:auto;min-height:54mm}
.card dl{padding-top:2mm}
.card__back{flex-wrap:wrap}
.card__found{flex-basis:28mm}
}
"""
