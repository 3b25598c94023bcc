"""Quality against price as one self-contained file: SVG, or HTML with the same picture and its table.

Nothing is loaded from anywhere, every name is escaped, and whoever cannot see the picture gets its text: the
SVG in its description, the page as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from attrs import frozen

from pointsman.catalog.pareto import Point
from pointsman.cli import figures
from pointsman.cli.axes import Axes
from pointsman.cli.output import printable
from pointsman.types.secrets import redact

_WIDTH, _HEIGHT = 960, 600
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 64, 56
_FREE = 64  # where free models stand, left of the logarithmic axis
_LETTER = 6.4  # width of a letter of a label, about
_LINE = 14

_OPEN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    ' aria-labelledby="picture-title picture-text">'
)

_STYLE = """
svg { font: 12px system-ui, sans-serif; background: #fff; }
text { fill: #1c2430; } .dim { fill: #68717d; } .title { font-size: 16px; font-weight: 600; }
.grid { stroke: #e4e7eb; } .dot { fill: #4a6fa5; fill-opacity: .45; }
.guess { fill: none; stroke: #4a6fa5; } .best { fill: #b5471b; }
.line { fill: none; stroke: #b5471b; stroke-width: 1.5; stroke-opacity: .7; }
@media (prefers-color-scheme: dark) {
  svg { background: #14181e; } text { fill: #e6e9ed; } .dim { fill: #98a2ae; }
  .grid { stroke: #2a313a; } .dot { fill: #82a7dd; } .guess { fill: none; stroke: #82a7dd; }
  .best { fill: #f0885c; } .line { stroke: #f0885c; }
}
""".strip()

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 14px/1.4 system-ui, sans-serif; max-width: 960px; margin: 1rem auto; padding: 0 1rem; }}
svg {{ width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
caption {{ text-align: left; padding: 1rem 0 .5rem; font-weight: 600; }}
th, td {{ text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #8884; }}
.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
{svg}
{table}
</body>
</html>
"""

_COLUMNS = (
    "<thead><tr><th>model</th><th class=n>USD</th><th class=n>quality</th><th class=n>±</th>"
    "<th>on the line</th></tr></thead>"
)


@frozen
class Scene:
    """What is drawn.

    Attributes:
        points: Every point.
        line: Those on the frontier, cheapest first.
        category: Of the scores.
        about: One line on where the figures come from.
    """

    points: Sequence[Point]
    line: Sequence[Point]
    category: str
    about: str

    @property
    def title(self) -> str:
        """What the picture shows, in a line."""
        return f"Quality ({self.category}) against price"


def svg(scene: Scene) -> str:
    """The picture as an SVG document."""
    title, about = _safe(scene.title), _safe(scene.about)
    parts = [
        _OPEN,
        f'<title id="picture-title">{title}</title>',
        f'<desc id="picture-text">{_safe(_described(scene))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{_LEFT}" y="26">{title}</text>',
        f'<text class="dim" x="{_LEFT}" y="44">{about}</text>',
        *_drawn(scene),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def html(scene: Scene) -> str:
    """The picture and the table of all its points as an HTML page."""
    return _PAGE.format(title=_safe(scene.title), svg=svg(scene).strip(), table=_table(scene))


FORMS: Mapping[str, Callable[[Scene], str]] = {".svg": svg, ".html": html}
"""How a file is written, by the end of its name."""


def write(scene: Scene, path: Path) -> None:
    """Write the picture in the form the file's name asks for (see `FORMS`).

    Raises:
        OSError: The file cannot be written.
    """
    path.write_text(FORMS[path.suffix.lower()](scene), encoding="utf-8", errors="replace")


def _safe(text: str) -> str:
    """`text` without keys and control characters, and with nothing that XML or HTML would read."""
    plain = printable(redact(text)).replace("\ufffe", "").replace("\uffff", "")
    return escape(plain)


def _described(scene: Scene) -> str:
    """The picture in words: the line, point by point."""
    rows = "; ".join(f"{each.model}: {_price(each)}, quality {each.quality:.0f}" for each in scene.line)
    counted = figures.counted(len(scene.points), "model")
    return f"{counted}. No model beats these in both, cheapest first: {rows or 'none'}."


def _price(point: Point) -> str:
    return "free" if point.price == 0 else figures.dollars(point.price, estimated=point.estimated)


def _drawn(scene: Scene) -> Iterator[str]:
    if not scene.points:
        yield f'<text x="{_LEFT}" y="{_TOP + 40}">No model has both a price and a score.</text>'
        return
    axes = Axes.around(scene.points)
    yield from _scales(axes)
    places = [(point, _x(axes, point), _y(axes, point.quality)) for point in scene.points]
    best = {point.model for point in scene.line}
    for point, x, y in places:
        if point.model not in best:
            yield _dot(point, x, y, "dot guess" if point.estimated else "dot", 3.5)
    steps = [(_x(axes, point), _y(axes, point.quality)) for point in scene.line]
    yield f'<path class="line" d="{_stairs(steps)}"/>'
    for point, (x, y) in zip(scene.line, steps, strict=True):
        yield _dot(point, x, y, "best", 5)
    yield from _labels(scene.line, steps)


def _scales(axes: Axes) -> Iterator[str]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for quality in axes.qualities:
        y = _y(axes, quality)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>'
        yield f'<text class="dim" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{quality}</text>'
    ticks = [(_across(axes, axes.across(price)), figures.dollars(price)) for price in axes.prices]
    for x, text in [*([(_LEFT + _FREE / 3, "free")] if axes.free else []), *ticks]:
        yield f'<path class="grid" d="M{x:.1f} {_TOP}V{bottom}"/>'
        yield f'<text class="dim" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>'
    middle = (_LEFT + right) / 2
    words = "USD per million tokens, three parts input to one part output (logarithmic)"
    yield f'<text class="dim" x="{middle:.1f}" y="{bottom + 40}" text-anchor="middle">{words}</text>'


def _x(axes: Axes, point: Point) -> float:
    return _across(axes, axes.across(point.price)) if point.price > 0 else _LEFT + _FREE / 3


def _across(axes: Axes, share: float) -> float:
    left = _LEFT + (_FREE if axes.free else 0)
    return left + share * (_WIDTH - _RIGHT - left)


def _y(axes: Axes, quality: float) -> float:
    return _HEIGHT - _BOTTOM - axes.up(quality) * (_HEIGHT - _BOTTOM - _TOP)


def _dot(point: Point, x: float, y: float, kind: str, radius: float) -> str:
    label = _safe(f"{point.model}: {_price(point)}, quality {point.quality:.0f} ±{point.uncertainty:.0f}")
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{label}</title></circle>'


def _stairs(steps: Sequence[tuple[float, float]]) -> str:
    """The line as stairs: up to a price, the best there is is the last step."""
    (x, y), *rest = steps
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{right:.1f}V{top:.1f}" for right, top in rest)


def _labels(line: Sequence[Point], steps: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Names beside the points of the line, the best first, as far as they do not run into each other."""
    taken: list[tuple[float, float, float]] = []
    for point, (x, y) in reversed(list(zip(line, steps, strict=True))):
        name = point.model.partition("/")[2] or point.model
        name = name if len(name) <= 40 else f"{name[:39]}…"  # noqa: PLR2004 (what fits beside a point)
        width = len(name) * _LETTER
        start = x - width - 9 if x - width - 9 > _LEFT else x + 9
        top = y - 8
        if any(
            abs(top - other) < _LINE and start < end and start + width > begin for begin, end, other in taken
        ):
            continue
        taken.append((start, start + width, top))
        near, anchor = (start + width, "end") if start < x else (start, "start")
        yield f'<text x="{near:.1f}" y="{top:.1f}" text-anchor="{anchor}">{_safe(name)}</text>'


def _table(scene: Scene) -> str:
    best = {point.model for point in scene.line}
    ordered = sorted(scene.points, key=lambda each: (each.model not in best, each.price, -each.quality))
    caption = f"{_safe(scene.title)}: every model of the picture, those no other beats first"
    lines = _lines(ordered, best)
    return f"<table><caption>{caption}</caption>\n{_COLUMNS}\n<tbody>\n{lines}\n</tbody></table>"


def _lines(points: Iterable[Point], best: set[str]) -> str:
    return "\n".join(
        f"<tr><th scope=row>{_safe(each.model)}</th><td class=n>{_safe(_price(each))}</td>"
        f"<td class=n>{each.quality:.0f}</td><td class=n>{each.uncertainty:.0f}</td>"
        f"<td>{'yes' if each.model in best else ''}</td></tr>"
        for each in points
    )
