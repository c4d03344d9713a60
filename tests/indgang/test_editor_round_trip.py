"""An editor's round trip: a new article with a handful of questions is checked, learned, asked for and found."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from office.settings import ROOT, read_settings

LINES_A_TOPIC = 12  # as few as the check allows: quick to learn, and enough to tell a new topic from the others
ARTICLE = """---
title: Bistader på erhvervsgrunde
areas: [plan]
authority: Kommunen
summary: >-
  Ja, du må have bier på grunden. Stil stadet mindst ti meter fra skel, og sæt vand frem til bierne.
links:
  - text: Læs om bier
    url: https://www.proeve.example/bier
sources:
  - law: Lov om biavl
reviewed: 2026-11-20
review_by: 2030-05-20
reviewer: Redaktør for natur
related: [haek-i-skel]
confidence: B
---
Bierne skal have en ejer, der passer dem.
"""
QUESTIONS = """må vi have bistader på taget af kontoret
kan jeg stille bikuber op bag lageret
honningbier ved vores hotel, er det i orden
hvor langt fra skel skal et bistade stå
vi vil lave egen honning til kantinen, skal det meldes
skal en biavler have lov af kommunen
naboen er bange for vores bier
hvor mange bistader må et firma have
biavl på en erhvervsgrund regler
dronning og sværm har slået sig ned på facaden
firmaet har fået en bikube i gave, hvor må den stå
er der krav om vand til bierne om sommeren
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with few lines on each topic, the same code and the same engine."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("knowledge", "data", "indgang", "office"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "bot", copy / "bot", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    (copy / "bot" / ".venv").symlink_to(ROOT / "bot" / ".venv")
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, copy)
    for path in [*(copy / "knowledge").glob("questions/*.txt"), *(copy / "knowledge").glob("inquiries/*.txt")]:
        lines = path.read_text(encoding="utf-8").splitlines()[:LINES_A_TOPIC]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8") if ".da." in path.name else path.unlink()
    for path in (copy / "data" / "nlu").glob("*.yml"):
        path.write_text("\n".join(few_examples(path)) + "\n", encoding="utf-8")
    # The encoder unpacked once, and the meanings of lines it has seen.
    cache = read_settings().data_dir / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (copy / "var").mkdir()
    (copy / "var" / "cache").symlink_to(cache)
    return copy


def few_examples(path: Path) -> Iterator[str]:
    """The lines of one of Rasa's files with the first few examples of each intent."""
    seen = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        is_example = line.startswith("    - ")
        seen = seen + 1 if is_example else 0
        if not is_example or seen <= LINES_A_TOPIC:
            yield line


def indgang(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project), "INDGANG_DATA_DIR": str(project / "var")}
    command = [sys.executable, "-m", "indgang", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_a_new_article_is_checked_learned_and_found_without_touching_anything_else(project):
    (project / "knowledge" / "articles" / "bistader.md").write_text(ARTICLE, encoding="utf-8")
    unready = indgang(project, "check")
    assert unready.returncode == 1
    assert "knowledge/questions/bistader.da.txt:1: fejl: Der er færre end 12 eksempler" in unready.stdout

    (project / "knowledge" / "questions" / "bistader.da.txt").write_text(QUESTIONS, encoding="utf-8")
    ready = indgang(project, "check")
    assert ready.returncode == 0, ready.stdout
    assert "knowledge/articles/bistader.md:1: advarsel: Der er ingen engelsk udgave." in ready.stdout

    untrained = indgang(project, "ask", "må vi have bier")
    assert "Kør: indgang train" in untrained.stderr

    trained = indgang(project, "train")
    assert trained.returncode == 0, trained.stdout + trained.stderr

    asked = indgang(project, "ask", "må hotellet have bikuber på taget?")
    assert asked.stdout.startswith("Svarer med: Bistader på erhvervsgrunde (articles/bistader.md)"), (
        asked.stdout + asked.stderr
    )
    assert "Stil stadet mindst ti meter fra skel" in asked.stdout
    assert "knowledge/questions/bistader.da.txt:" in asked.stdout
