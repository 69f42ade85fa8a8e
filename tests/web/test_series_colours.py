"""The colours of series: told apart with any colour vision, in print, and from the ground that they are drawn on."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

import indexer.web
from indexer.web.charts.series import COLOURS

STYLES = (Path(indexer.web.__file__).parent / "static/style.css").read_text()
THEMES = ["light", "dark"]

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# for dichromats; they apply to linear light.
VISIONS: dict[str, Matrix] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}

# Oklab (Björn Ottosson 2020), from linear light to the cones' answers, and from their cube roots to the space.
TO_CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_OKLAB: Matrix = (
    (0.2104542553, 0.793617785, -0.0040720468),
    (1.9779984951, -2.428592205, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.808675766),
)


def light_of(name: str, theme: str) -> Triple:
    """A colour of the style sheet as linear light."""
    [pair] = re.findall(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", STYLES)
    written = pair[THEMES.index(theme)]
    red, green, blue = (int(written[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def times(matrix: Matrix, light: Triple) -> Triple:
    one, two, three = (sum(a * b for a, b in zip(row, light, strict=True)) for row in matrix)
    return one, two, three


def distance(one: Triple, other: Triple, vision: str) -> float:
    """How different two colours look, in hundredths of Oklab: black and white are 100 apart."""
    seen = [_oklab(times(VISIONS[vision], light)) for light in (one, other)]
    return 100 * sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def _oklab(light: Triple) -> Triple:
    first, second, third = (max(cone, 0.0) ** (1 / 3) for cone in times(TO_CONES, light))
    return times(TO_OKLAB, (first, second, third))


def luminance(light: Triple) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def series(theme: str) -> list[Triple]:
    return [light_of(f"s{place}", theme) for place in range(COLOURS)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_series_can_be_told_apart(theme: str, vision: str) -> None:
    """By at least 8: the palette of Okabe and Ito, made for this, has 7.6."""
    assert min(distance(one, other, vision) for one, other in combinations(series(theme), 2)) >= 8


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_the_grey_of_all_others_can_be_told_from_every_series(theme: str, vision: str) -> None:
    """By less than two series: its place, the top of each stack, tells it too."""
    grey = light_of("other", theme)
    assert min(distance(one, grey, vision) for one in series(theme)) >= 6


@pytest.mark.parametrize("theme", THEMES)
def test_every_series_stands_out_from_the_ground(theme: str) -> None:
    """By the 3 to 1 that WCAG 1.4.11 asks of graphics."""
    ground = luminance(light_of("surface", theme)) + 0.05
    for light in [*series(theme), light_of("other", theme)]:
        lighter, darker = sorted((luminance(light) + 0.05, ground), reverse=True)
        assert lighter / darker >= 3


def test_neighbours_of_a_stack_are_of_different_grey_in_print() -> None:
    greys = [100 * luminance(light) ** (1 / 3) for light in series("light")]
    assert min(abs(one - other) for one, other in pairwise(greys)) >= 8
