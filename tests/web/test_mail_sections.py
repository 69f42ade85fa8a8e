"""The colours of mails are those of the pages by light."""

from indexer.web.mail_sections import light_colours


def test_every_colour_that_a_chart_can_have_is_known() -> None:
    colours = light_colours()
    styles = {*(f"s{n}" for n in range(8)), *(f"d{n}" for n in range(11)), "other", "none"}
    assert styles <= colours.keys()
    assert {"text", "quiet", "line", "strong-line", "surface"} <= colours.keys()
    assert colours["d6"] == colours["s0"]
    assert len({colours[style] for style in styles - {"d6"}}) == len(styles) - 1
