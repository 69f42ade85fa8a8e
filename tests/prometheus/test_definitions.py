"""The list of figures keeps to the conventions of Prometheus."""

import re

import pytest

from indexer.prometheus.definitions import FIGURES, Figure, FigureKind

each_figure = pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)


def test_no_two_figures_have_a_name() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


@each_figure
def test_a_name_says_whose_it_is_and_its_base_unit(figure: Figure) -> None:
    assert re.fullmatch(r"indexer(_[a-z]+)+", figure.name)
    for unit in ("seconds", "bytes"):
        assert (unit in figure.name.split("_")) == (figure.unit == unit)


@each_figure
def test_counters_and_only_they_are_totals(figure: Figure) -> None:
    assert figure.name.endswith("_total") == (figure.kind is FigureKind.COUNTER)


@each_figure
def test_histograms_and_only_they_have_bounds_in_order(figure: Figure) -> None:
    assert bool(figure.bounds) == (figure.kind is FigureKind.HISTOGRAM)
    assert list(figure.bounds) == sorted(set(figure.bounds))


@each_figure
def test_labels_are_few(figure: Figure) -> None:
    assert set(figure.labels) <= {"dataset", "state"}


@each_figure
def test_every_figure_says_what_it_is_and_what_to_do_on_one_line(figure: Figure) -> None:
    for text in (figure.about, figure.advice):
        assert re.fullmatch(r"[^|\n]+\.", text)
