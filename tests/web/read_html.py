"""The links and the tables of a page, as a reader finds them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class Link:
    """A link: its address, its text (or its label, as in charts), and the tags and classes of what is around it."""

    url: str
    around: frozenset[str]
    tile: str
    text: str = ""


@dataclass
class Table:
    """A table in the element `tile`: its headings as links (the address is empty if there is none), and its rows.

    `orders` are the values of `aria-sort`, by column.
    """

    tile: str
    heads: list[Link] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class _Element:
    tag: str
    classes: list[str]
    id: str


class Read(HTMLParser):
    """A page that was read: `links` and `tables` in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.tables: list[Table] = []
        self._open: list[_Element] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(_Element(tag, given.get("class", "").split(), given.get("id", "")))
        if tag == "a" and "href" in given:
            around = frozenset(name for one in self._open[:-1] for name in (one.tag, *one.classes))
            self.links.append(Link(given["href"], around, self._tile(), given.get("aria-label", "")))
        elif tag == "table":
            self.tables.append(Table(self._tile()))
        elif tag == "tr" and self._is_in("tbody"):
            self.tables[-1].rows.append([])
        elif tag in {"th", "td"} and self._is_in("tbody"):
            self.tables[-1].rows[-1].append("")
        elif tag in {"th", "td"} and self._is_in("thead"):
            self.tables[-1].heads.append(Link("", frozenset(), self._tile()))
            self.tables[-1].orders.append(given.get("aria-sort", ""))

    def handle_endtag(self, tag: str) -> None:
        while tag not in _VOID and self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_in("a") and not self._is_in("title") and not self.links[-1].text.strip(" "):
            self.links[-1].text = data.strip()
        if self._is_in("thead") and self.tables[-1].heads:
            head = self.tables[-1].heads[-1]
            head.text += data.strip()
            head.url = self.links[-1].url if self._is_in("a") else head.url
        elif self._is_in("tbody") and self.tables[-1].rows and self.tables[-1].rows[-1]:
            self.tables[-1].rows[-1][-1] += data.strip()

    def _is_in(self, tag: str) -> bool:
        return any(one.tag == tag for one in self._open)

    def _tile(self) -> str:
        return next(
            (one.id for one in reversed(self._open) if one.tag in {"article", "details", "figure"} and one.id), ""
        )
