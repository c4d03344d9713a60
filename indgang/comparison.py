"""The figures of `indgang benchmark`, and the table that compares two pipelines by them."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field

DEFAULT_EPOCHS = 100  # what Rasa's default configuration says
_AIM_THROUGHPUT = 2.5  # times Rasa's default
_AIM_MEMORY = 2.0


@dataclass
class Figures:
    """What was measured of one pipeline: seconds, bytes, and one entry for each message."""

    training: float = 0.0
    starts: list[float] = field(default_factory=list)
    memory: int = 0
    loaded: float = 0.0
    latencies: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, outcome: str | None, seconds: float) -> None:
        """Count one message; without an outcome (an error, or the gateway stepped in) it is a failure and has no time."""
        self.outcomes[outcome or "failed"] += 1
        if outcome:
            self.latencies.append(seconds)

    @property
    def failures(self) -> int:
        return self.outcomes["failed"]

    @property
    def start(self) -> float:
        return statistics.median(self.starts)

    @property
    def throughput(self) -> float:
        """Answered messages per second."""
        return len(self.latencies) / self.loaded

    def latency(self, percent: int) -> float:
        """Return the latency, in seconds, that `percent` of the answered messages did not exceed."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def comparison(ours: Figures, default: Figures, visitors: int, default_epochs: int) -> str:
    """Return the table of both pipelines' figures with their ratios, and the words that must go with it."""
    mega = 1e-6
    lines = [
        f"\n{'':<38}{'denne':>12}{'Rasas':>12}   forhold",
        _row("Træning, uden gemte mellemresultater", "s", ours.training, default.training, "hurtigere"),
        _row("Motorens start til første svar", "s", ours.start, default.start, "hurtigere"),
        _row("Motorens hukommelse (RSS)", "MB", ours.memory * mega, default.memory * mega, "mindre"),
        _row("Beskeder i sekundet", "", ours.throughput, default.throughput, "flere", more_is_better=True),
        _row("Svartid, p50", "ms", ours.latency(50) * 1e3, default.latency(50) * 1e3, "kortere"),
        _row("Svartid, p95", "ms", ours.latency(95) * 1e3, default.latency(95) * 1e3, "kortere"),
        f"\n{visitors} besøgende ad gangen, {ours.outcomes.total()} beskeder til hver gennem den offentlige API;"
        f" start er medianen af {len(ours.starts)}.",
        f"Udfald, denne: {_shares(ours.outcomes)}",
        f"Udfald, Rasas: {_shares(default.outcomes)}",
        _verdict("beskeder i sekundet", ours.throughput / default.throughput, _AIM_THROUGHPUT),
        _verdict("hukommelse", default.memory / ours.memory, _AIM_MEMORY),
    ]
    if default_epochs != DEFAULT_EPOCHS:
        lines.append(
            f"BEMÆRK: Rasas standard er trænet i {default_epochs} omgange (epochs) i stedet for {DEFAULT_EPOCHS}:"
            " dens træningstid kan ikke sammenlignes. Fart og hukommelse afhænger ikke af det."
        )
    if ours.failures or default.failures:
        lines.append(
            f"BEMÆRK: uden svar fra motoren: denne {ours.failures}, Rasas {default.failures}; tæller ikke med."
        )
    return "\n".join(lines)


def _row(label: str, unit: str, ours: float, default: float, better: str, more_is_better: bool = False) -> str:
    ratio = ours / default if more_is_better else default / ours
    cells = "".join(f"{f'{number(value)} {unit}'.strip():>12}" for value in (ours, default))
    return f"{label:<38}{cells}   {number(ratio)} gange {better}"


def _verdict(label: str, ratio: float, aim: float) -> str:
    reached = "nået" if ratio >= aim else "IKKE nået"
    return f"Mål for {label}: mindst {number(aim)} gange bedre: {reached} ({number(ratio)})."


def _shares(outcomes: Counter[str]) -> str:
    return ", ".join(f"{kind} {count / outcomes.total():.0%}" for kind, count in outcomes.most_common())


def number(value: float) -> str:
    """Return a number as Danes write it, with the digits that mean something."""
    text = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return text.translate(str.maketrans(",.", ".,"))
