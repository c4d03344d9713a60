"""Figures in words, plots and tables, for the desk (every number) and for the public page (small numbers hidden)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from knowledge.model import LEVELS
from office import published
from office.results import RESPONSE, Figures, Median
from office.statistics import Kept
from office.survey import Share
from web.plots import Bar, Plot, bars, columns

CHANNELS = {"chat": "Chat", "form": "Formular", "phone": "Telefon", "email": "E-mail", "visit": "Personligt"}
LEVEL_NAMES = {"simple": "Enkle", "medium": "Middel", "complex": "Større"}
PHASE_NAMES = {"tiltraekning": "Tiltrækning", "afklaring": "Afklaring", "sagsbehandling": "Sagsbehandling"}
HOURS = {"first_answer": "Til første svar", "answer": "Til svar med indhold", "close": "Til afslutning"}
_KEPT_PARTS = ("Til tiden", "For sent", "Fristen løber endnu")


@dataclass(frozen=True)
class Table:
    """A plot with the same numbers as a table: the names of the columns, and rows that begin with their name."""

    key: str
    title: str
    plot: Plot
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """A time's figures as a page shows them: the key numbers (name, number, words below), and the plots."""

    key_numbers: tuple[tuple[str, str, str], ...]
    tables: tuple[Table, ...]


def month_name(text: str) -> str:
    """Return "november 2026" for "2026-11"."""
    year, month = map(int, text.split("-"))
    return format_date(date(year, month, 1), "MMMM y", locale="da")


def everything(figures: Figures, months: Mapping[str, int], phases: Mapping[str, int]) -> Shown:
    """Return all figures as they are, for the desk."""
    total = figures.total
    return Shown(
        (
            ("Henvendelser", str(total), ""),
            (
                "Besvaret af assistenten",
                _percent(figures.by_bot, total),
                f"{figures.by_bot} af {total}, uden at det blev en sag",
            ),
            ("Første svar til tiden", _kept_percent(figures.first_answer), _kept_words(figures.first_answer)),
            ("Svar med indhold til tiden", _kept_percent(figures.answer), _kept_words(figures.answer)),
        ),
        (
            by_month("months", {name: (number, str(number)) for name, number in months.items()}),
            _channels(figures),
            _counts("areas", "Henvendelser efter fagområde", "Fagområde", figures.areas),
            _deadlines(figures),
            _satisfaction(figures),
            _hours(figures),
            _counts("phases", "Åbne sager nu", "Fase", {PHASE_NAMES[name]: n for name, n in phases.items()}),
        ),
    )


def for_everybody(figures: Figures, key: str) -> Shown:
    """Return what may be shown of a published month; `key` keeps the parts of several months apart on a page."""
    total, cases = figures.total, figures.total - figures.by_bot
    by_whom = published.masked({"Assistenten": figures.by_bot, "En sag": cases})
    return Shown(
        (
            ("Henvendelser", published.masked_total(total), ""),
            ("Besvaret med det samme af assistenten", by_whom["Assistenten"], "uden at det blev en sag"),
            ("Første svar til tiden", published.kept_share(figures.first_answer), "inden for 24 timer på arbejdsdage"),
            ("Svar med indhold til tiden", published.kept_share(figures.answer), "inden for 5 arbejdsdage"),
        ),
        (
            _masked(f"{key}-channels", "Sådan kom henvendelserne", "Vej", _named(figures.channels, CHANNELS)),
            _masked(f"{key}-levels", "Hvor meget de krævede", "Niveau", _named(figures.levels, LEVEL_NAMES, LEVELS)),
            _masked(f"{key}-areas", "Hvad de handlede om", "Fagområde", figures.areas),
            _public_satisfaction(figures, key),
            _public_hours(figures, key),
        ),
    )


def by_month(key: str, values: Mapping[str, tuple[int, str]]) -> Table:
    """Return inquiries month by month: for each ("2026-11") how high its column is, and the number in words."""
    named = {month_name(name): value for name, value in values.items()}
    below = {}
    for index, name in enumerate(values):
        year, month = name.split("-")
        short = format_date(date(int(year), int(month), 1), "LLL", locale="da").rstrip(".")
        below[month_name(name)] = f"{short}\n{year}" if index == 0 or month == "01" else short
    rows = tuple((name, text) for name, (_, text) in named.items())
    title = "Henvendelser måned for måned"
    return Table(key, title, columns(named, below), ("Måned", "Henvendelser"), rows)


def csv_lines(figures: Figures, months: Mapping[str, int], phases: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Return every figure as (what, of which, number), with decimal comma, for a spreadsheet."""
    lines = [("Henvendelser", "I alt", str(figures.total)), ("Henvendelser", "Uden sag", str(figures.by_bot))]
    lines += [("Henvendelser pr. måned", name, str(number)) for name, number in months.items()]
    for channel, levels in figures.cells.items():
        lines += [
            (
                "Henvendelser efter vej og niveau",
                f"{CHANNELS.get(channel, channel)}, {LEVEL_NAMES.get(level, level)}",
                str(number),
            )
            for level, number in levels.items()
        ]
    lines += [("Henvendelser efter fagområde", name, str(number)) for name, number in figures.areas.items()]
    for name, kept in (("Første svar", figures.first_answer), ("Svar med indhold", figures.answer)):
        numbers = (kept.in_time, kept.late, kept.to_come)
        lines += [(name, part, str(number)) for part, number in zip(_KEPT_PARTS, numbers, strict=True)]
    for name, median in figures.hours.items():
        lines += [("Mediantid i åbningstimer", HOURS[name], _number(median.hours) if median.cases else "")]
        lines += [("Mediantid, antal sager", HOURS[name], str(median.cases))]
    for name, share in figures.satisfied.items():
        lines += [("Tilfredshed, antal", name, str(share.part)), ("Tilfredshed, af", name, str(share.whole))]
        lines += [("Tilfredshed, mål over procent", name, str(figures.goals[name]))] if name in figures.goals else []
    lines += [("Åbne sager nu", PHASE_NAMES[name], str(number)) for name, number in phases.items()]
    return lines


def _channels(figures: Figures) -> Table:
    order = [*CHANNELS, *(channel for channel in figures.cells if channel not in CHANNELS)]
    shown = [channel for channel in order if channel in figures.cells]
    numbers = {channel: tuple(figures.cells[channel].get(level, 0) for level in LEVELS) for channel in shown}
    names = tuple(LEVEL_NAMES[level] for level in LEVELS)
    drawn = bars([Bar(_channel(c), str(sum(numbers[c])), tuple(map(float, numbers[c]))) for c in shown], legend=names)
    rows = [(_channel(c), *map(str, numbers[c]), str(sum(numbers[c]))) for c in shown]
    sums = tuple(sum(numbers[c][index] for c in shown) for index in range(len(LEVELS)))
    rows.append(("I alt", *map(str, sums), str(sum(sums))))
    title = "Henvendelser efter vej og niveau"
    return Table("channels", title, drawn, ("Vej", *names, "I alt"), tuple(rows))


def _channel(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _counts(key: str, title: str, head: str, counts: Mapping[str, int]) -> Table:
    drawn = bars([Bar(name, str(number), (float(number),)) for name, number in counts.items()])
    return Table(key, title, drawn, (head, "Antal"), tuple((name, str(number)) for name, number in counts.items()))


def _masked(key: str, title: str, head: str, counts: Mapping[str, int]) -> Table:
    """Return counts of one whole with the small ones hidden: those have words and no bar."""
    texts = published.masked(counts)
    rows = [
        Bar(name, texts[name], (float(number) if texts[name] == str(number) else 0.0,))
        for name, number in counts.items()
    ]
    return Table(key, title, bars(rows), (head, "Antal"), tuple((name, texts[name]) for name in counts))


def _named(counts: Mapping[str, int], names: Mapping[str, str], order: Sequence[str] = ()) -> dict[str, int]:
    """Return counts by the words for them, in the order of the words (or `order`)."""
    known = [name for name in order or names if name in counts]
    return {names.get(name, name): counts[name] for name in [*known, *(n for n in counts if n not in known)]}


def _deadlines(figures: Figures) -> Table:
    kept = {"Første svar (24 timer)": figures.first_answer, "Svar med indhold (5 arbejdsdage)": figures.answer}
    drawn = [
        Bar(name, f"{_kept_percent(one)} til tiden", (float(one.in_time), float(one.late), float(one.to_come)))
        for name, one in kept.items()
    ]
    rows = tuple(
        (name, str(one.in_time), str(one.late), str(one.to_come), _kept_percent(one)) for name, one in kept.items()
    )
    note = "Sager, der er kommet ind i perioden. Andelen er af dem, hvor fristen er gået."
    head = ("Løfte", *_KEPT_PARTS, "Til tiden")
    return Table("deadlines", "Holdt vi fristerne?", bars(drawn, legend=_KEPT_PARTS), head, rows, note)


def _satisfaction(figures: Figures) -> Table:
    rows, drawn = [], []
    for name, share in figures.satisfied.items():
        goal = figures.goals.get(name)
        text = f"{_percent(share.part, share.whole)} ({share.part} af {share.whole}){_goal_words(share, goal)}"
        drawn.append(Bar(name, _percent(share.part, share.whole), (share.percent or 0.0,), goal))
        rows.append((name, str(share.part), str(share.whole), text))
    note = "Sager, der er afsluttet i perioden. Stregen er målet; det er nået, når tallet er over det."
    head = ("Spørgsmål", "Antal", "Af", "Resultat")
    return Table("satisfaction", "Tilfredshed", bars(drawn, 100), head, tuple(rows), note)


def _public_satisfaction(figures: Figures, key: str) -> Table:
    rows, drawn = [], []
    for name, share in figures.satisfied.items():
        goal, text = figures.goals.get(name), published.masked_share(share.part, share.whole)
        enough = text != published.TOO_FEW
        drawn.append(Bar(name, text, (_bound(text) if enough else 0.0,), goal))
        words = _goal_words(share, goal).removeprefix(", ") if enough else ""
        whole = "afsluttede sager" if name == RESPONSE else "svar"
        rows.append((name, text, f"{published.masked_total(share.whole)} {whole}", words or "–"))
    note = "Sager, der er afsluttet i måneden. Stregen er målet; det er nået, når tallet er over det."
    head = ("Spørgsmål", "Tilfredse", "Af", "Mål")
    return Table(f"{key}-satisfaction", "Tilfredshed", bars(drawn, 100), head, tuple(rows), note)


def _bound(text: str) -> float:
    """Return the percent that a masked share speaks of."""
    return float("".join(filter(str.isdigit, text)))


def _goal_words(share: Share, goal: int | None) -> str:
    if goal is None:
        return ""
    met = {True: "nået", False: "ikke nået", None: "ingen svar endnu"}[share.exceeds(goal)]
    return f", målet er over {goal} %: {met}"


def _hours(figures: Figures) -> Table:
    medians = {HOURS[name]: median for name, median in figures.hours.items()}
    drawn = bars([Bar(name, _hours_words(median), (median.hours or 0.0,)) for name, median in medians.items()])
    rows = tuple((name, _hours_words(median), str(median.cases)) for name, median in medians.items())
    note = "Mediantider, mens kontoret har åbent: halvdelen af sagerne gik hurtigere."
    return Table("hours", "Hvor længe det tog", drawn, ("Tid", "Median", "Sager"), rows, note)


def _public_hours(figures: Figures, key: str) -> Table:
    texts = {
        HOURS[name]: (median, _hours_words(median) if median.cases >= published.SMALLEST else published.TOO_FEW)
        for name, median in figures.hours.items()
    }
    drawn = [
        Bar(name, text, (median.hours or 0.0 if text != published.TOO_FEW else 0.0,))
        for name, (median, text) in texts.items()
    ]
    rows = tuple((name, text) for name, (_, text) in texts.items())
    note = "Mediantider, mens kontoret har åbent: halvdelen af sagerne gik hurtigere."
    return Table(f"{key}-hours", "Hvor længe det tog", bars(drawn), ("Tid", "Median"), rows, note)


def _hours_words(median: Median) -> str:
    return "ingen endnu" if median.hours is None else f"{_number(median.hours)} timer"


def _kept_percent(kept: Kept) -> str:
    return _percent(kept.in_time, kept.in_time + kept.late)


def _kept_words(kept: Kept) -> str:
    still = f"; {kept.to_come} har tid endnu" if kept.to_come else ""
    return f"{kept.in_time} af {kept.in_time + kept.late}{still}"


def _percent(part: int, whole: int) -> str:
    return f"{_number(100 * part / whole)} %" if whole else "–"


def _number(number: float | None) -> str:
    return "" if number is None else str(format_decimal(round(number, 1), locale="da"))
