"""What the benchmark computes and says; the measuring itself needs minutes of training and is not run here."""

from pathlib import Path

import pytest
import yaml

from indgang.benchmark import DEFAULT_CONFIG, _own_system, in_slices, last_words, with_epochs
from indgang.comparison import Figures, comparison, number
from indgang.model import ENGINE
from office.settings import PREFIX, read_settings


def figures(seconds_each: float, memory: int, failed: int = 0) -> Figures:
    """A pipeline that answered 20 messages one after another."""
    made = Figures(training=100 * seconds_each, starts=[9.0, 3.0, 4.0], memory=memory, loaded=20 * seconds_each)
    for _ in range(20):
        made.note("answer", seconds_each)
    for _ in range(failed):
        made.note(None, 60.0)
    return made


def compared(epochs: int = 100, failed: int = 0) -> str:
    return comparison(figures(0.1, 300_000_000), figures(0.5, 900_000_000, failed), 8, epochs)


def row(table: str, label: str) -> str:
    return next(" ".join(line.split()) for line in table.splitlines() if line.startswith(label))


def test_the_opponent_is_exactly_what_rasa_uses_when_nothing_is_configured():
    packaged = "lib/python*/site-packages/rasa/engine/recipes/config_files/default_config.yml"
    [original] = ENGINE.parents[1].glob(packaged)
    rasas, ours = (yaml.safe_load(Path(file).read_text(encoding="utf-8")) for file in (original, DEFAULT_CONFIG))
    assert (ours["pipeline"], ours["policies"]) == (rasas["pipeline"], rasas["policies"])


def test_other_epochs_reach_every_component_that_has_them_and_nothing_else():
    config = {
        "language": "da",
        "pipeline": [{"name": "A"}, {"name": "B", "epochs": 100}],
        "policies": [{"epochs": 100}],
    }
    changed = with_epochs(config, 1)
    assert changed == {
        "language": "da",
        "pipeline": [{"name": "A"}, {"name": "B", "epochs": 1}],
        "policies": [{"epochs": 1}],
    }
    assert config["policies"] == [{"epochs": 100}]


def test_no_setting_from_outside_reaches_what_is_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("INDGANG_DATABASE_URL", "postgresql+asyncpg://real/one")
    monkeypatch.setenv("INDGANG_ENGINE_TOKEN", "outside")
    settings, environment = _own_system(tmp_path / "one")
    reached = {
        name: value for name, value in environment.items() if name.startswith(PREFIX) and name != "INDGANG_CACHE"
    }
    assert read_settings(reached) == settings
    assert str(tmp_path) in settings.database
    assert settings.engine_token != "outside"
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize("count", [8, 40, 47, 48, 100, 300])
def test_slices_hold_every_message_once_and_are_alike_in_size(count):
    texts = [str(i) for i in range(count)]
    slices = in_slices(texts)
    assert [text for part in slices for text in part] == texts
    sizes = {len(part) for part in slices}
    assert max(sizes) - min(sizes) <= 1


def test_a_progress_bar_is_shown_as_it_stands_now():
    log = "\x1b[93mwarning\x1b[0m\nEpochs:  1%|  | 1/100\rEpochs:  2%|  | 2/100\r\n\x1b[0m\n"
    assert last_words(log) == "Epochs:  2%|  | 2/100"
    assert last_words("") == ""


def test_an_unanswered_message_is_a_failure_and_has_no_part_in_speed():
    measured = figures(0.5, 1, failed=5)
    assert measured.failures == 5
    assert measured.throughput == pytest.approx(2.0)
    assert measured.latency(95) == pytest.approx(0.5)


def test_the_ratio_says_how_much_better_this_pipeline_is_in_every_row():
    table = compared()
    assert row(table, "Træning").endswith("10,0 s 50,0 s 5,00 gange hurtigere")
    assert row(table, "Motorens start").endswith("4,00 s 4,00 s 1,00 gange hurtigere")
    assert row(table, "Motorens hukommelse").endswith("300 MB 900 MB 3,00 gange mindre")
    assert row(table, "Beskeder i sekundet").endswith("10,0 2,00 5,00 gange flere")
    assert row(table, "Svartid, p95").endswith("100 ms 500 ms 5,00 gange kortere")
    assert "BEMÆRK" not in table


def test_an_aim_that_is_not_reached_is_said():
    worse = comparison(figures(0.4, 800_000_000), figures(0.5, 900_000_000), 8, 100)
    assert worse.count("IKKE nået") == 2


def test_fewer_epochs_than_the_default_are_said_plainly():
    assert "trænet i 1 omgange (epochs) i stedet for 100" in compared(epochs=1)


def test_failures_are_said_plainly():
    assert "uden svar fra motoren: denne 0, Rasas 3" in compared(failed=3)


def test_numbers_are_written_as_danes_write_them():
    assert [number(n) for n in (1234567.0, 100.4, 12.34, 1.234)] == ["1.234.567", "100", "12,3", "1,23"]
