import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_rasa_loads_without_what_is_left_out():
    code = """
import sys
from bot import lean
lean.leave_out(lean.UNUSED | lean.ONLY_FOR_TRAINING)
import rasa.core.run, rasa.core.agent, rasa.engine.recipes.default_components
print(type(sys.modules["tensorflow"]).__name__, "numpy.core" in sys.modules)
"""
    result = run(code)
    assert result.stdout.split() == ["_InertModule", "True"], result.stderr


def test_using_what_is_left_out_raises():
    result = run("from bot import lean; lean.leave_out(); import tensorflow; tensorflow.constant(1.0)")
    assert "left out of the lean engine" in result.stderr


def test_coming_too_late_is_said():
    result = run("import redis; from bot import lean; lean.leave_out()")
    assert "Already imported: redis" in result.stderr
