"""The colours of mails are those of the pages by light."""

from indexer.web.mails.mail_sections import MailSection, MailTable, light_colours
from indexer.web.page_templates import rendered


def test_every_colour_that_a_chart_can_have_is_known() -> None:
    colours = light_colours()
    styles = {*(f"s{n}" for n in range(8)), *(f"d{n}" for n in range(11)), "other", "none"}
    assert styles <= colours.keys()
    assert {"text", "quiet", "line", "strong-line", "surface"} <= colours.keys()
    assert colours["d6"] == colours["s0"]
    assert len({colours[style] for style in styles - {"d6"}}) == len(styles) - 1


def test_the_columns_of_groups_have_the_colours_of_their_bars() -> None:
    table = MailTable(["Day", "a", "<b>"], [["Mon", "1", "3"]], [[(25, "s0"), (75, "s1")]], ["s0", "s1"])
    shown = {"dates": "1 March 2026", "zone": "UTC", "notices": []}
    sections = [(None, [MailSection("New", table=table)])]
    html = rendered(
        "mail/view.html",
        name="v",
        workspace="w",
        shown=shown,
        sections=sections,
        facts=[],
        link="/",
        colours=light_colours(),
    )
    for style, head, width in (("s0", "a", 25), ("s1", "&lt;b&gt;", 75)):
        colour = light_colours()[style]
        assert f'<font color="{colour}">&#9632;</font> <bdi>{head}</bdi>' in html
        assert f'<td width="{width}%" height="14" bgcolor="{colour}">' in html
    assert html.count("<font") == 2
