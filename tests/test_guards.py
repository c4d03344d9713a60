"""Promises that hold for the whole project: what is named in one place exists in the other."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from actions.__main__ import all_actions
from actions.intake import STEPS
from actions.talking import OUTCOMES
from indgang.ask import KINDS
from office.history import Action
from office.lifecycle import STATUS_NAMES
from office.settings import SETTINGS
from web.desk.views import ACTIONS
from web.follow_up_survey_words import WORDS as SURVEY_WORDS
from web.follow_up_words import WORDS

ROOT = Path(__file__).parents[1]
domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
responses = domain["responses"]


def intents_with_examples() -> set[str]:
    found = set()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        found |= {
            block["intent"] for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] if "intent" in block
        }
    return found


def responses_in_code() -> set[str]:
    """The names given literally to `say`, and those built from statuses, steps, levels and intents."""
    said = {f"{word}_{step}" for word in ("ask", "why") for step in STEPS}
    said |= {f"status_{status}" for status in STATUS_NAMES} | {"case_medium", "case_complex"} | set(OUTCOMES)
    for path in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                said |= {side.value for side in literal_choices(node.args[0])}
    return said


def literal_choices(node: ast.expr) -> list[ast.Constant]:
    """The strings an argument can be: a literal, or either side of a conditional."""
    sides = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [side for side in sides if isinstance(side, ast.Constant)]


def test_every_action_in_the_domain_exists_in_code_and_the_other_way_round():
    assert {action.name() for action in all_actions()} == set(domain["actions"])


@pytest.mark.parametrize("name", sorted(responses_in_code()))
def test_everything_the_actions_say_is_in_the_domain(name):
    assert f"utter_{name}" in responses


@pytest.mark.parametrize("name", sorted(n for n in responses if not n.endswith("_en")))
def test_every_response_has_an_english_version_with_no_placeholder_the_danish_one_lacks(name):
    danish, english = responses[name][0]["text"], responses[f"{name}_en"][0]["text"]
    assert set(re.findall(r"{(\w+)}", english)) <= set(re.findall(r"{(\w+)}", danish))


def test_every_trained_intent_is_in_the_domain():
    plain = {name.split("/")[0] for name in intents_with_examples()}
    assert plain <= set(domain["intents"])


def test_every_kind_of_message_has_a_name_that_editors_know():
    assert {name.split("/")[0] for name in intents_with_examples()} | {"answer", "case", "nlu_fallback"} == set(KINDS)


def test_every_intent_has_a_rule():
    rules = yaml.safe_load((ROOT / "data" / "rules" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    handled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert handled - {"nlu_fallback"} == set(domain["intents"])


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"`{setting.variable}`" in text, setting.variable
        assert setting.help in text, setting.variable


def test_the_readme_names_every_top_level_folder():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder in ("bot/", "actions/", "office/", "web/", "knowledge/", "indgang/", "tests/", "data/", "docs/"):
        assert f"`{folder}`" in readme, folder


def test_every_make_target_says_what_it_does():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## \w", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets == described


def test_every_event_of_the_history_has_words_at_the_desk():
    assert set(ACTIONS) == set(get_args(Action))


def test_the_pages_of_a_case_say_the_same_in_both_languages():
    for words in (WORDS, SURVEY_WORDS):
        assert set(words["da"]) == set(words["en"])


def test_every_status_has_words_for_the_business_in_both_languages():
    for language, words in WORDS.items():
        assert {f"status_{status}" for status in STATUS_NAMES} <= set(words), language
