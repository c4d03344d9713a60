"""Leave out of the engine what Rasa imports and this pipeline never uses.

Importing Rasa imports TensorFlow (for DIET, TED and their kin), a dozen chat platforms' libraries and plotting: most of
the start-up time and half the memory. `leave_out()` puts an inert stand-in in the place of each such library *before*
Rasa is imported. Names resolve, classes can be derived from and decorators decorate, so Rasa's modules load as written;
calling anything of it raises. The normal `rasa` command does not do this and stays complete.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, ClassVar

UNUSED = frozenset({
    # learning components that config.yml does not name
    "tensorflow", "tensorflow_hub", "tensorflow_text", "tensorboard", "keras", "sklearn_crfsuite", "transformers",
    # chat platforms
    "aiogram", "twilio", "slack_sdk", "slack", "mattermostwrapper", "rocketchat_API", "fbmessenger", "socketio", "webexteamssdk",
    # event brokers, stores and clouds that endpoints.yml does not name
    "boto3", "botocore", "pymongo", "confluent_kafka", "aio_pika", "redis", "google.cloud", "azure",
    # plots, metrics, command-line extras
    "matplotlib", "networkx.drawing", "questionary", "sentry_sdk", "randomname",
})  # fmt: skip


ONLY_FOR_TRAINING = frozenset({"sklearn", "joblib"})


class LeftOut(RuntimeError):
    """Something used a library that the lean engine leaves out."""


class _InertType(type):
    """A class whose every attribute is itself, so that `tf.keras.layers.Layer` resolves and can be derived from."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if cls is not Inert:
            return super().__call__(*arguments, **options)
        if len(arguments) == 1 and not options and callable(arguments[0]):
            return arguments[0]  # used as a decorator
        if not arguments:
            return Inert  # a decorator with options, or a constant made at import
        raise LeftOut("This library is left out of the lean engine (bot/lean.py).")

    def __getitem__(cls, _: Any) -> Any:
        return Inert

    def __or__(cls, _: Any) -> Any:
        return cls

    __ror__ = __or__


class Inert(metaclass=_InertType):
    """What every name of a left-out library stands for."""


class _InertModule(ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, left_out: frozenset[str]) -> None:
        self._left_out = left_out

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        parts = fullname.split(".")
        unused = any(".".join(parts[: i + 1]) in self._left_out for i in range(len(parts)))
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if unused else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def leave_out(left_out: frozenset[str] = UNUSED) -> None:
    """Put the stand-ins in place. Call before the first import of rasa; raises LeftOut when it comes too late."""
    late = sorted(name for name in left_out if name in sys.modules and not isinstance(sys.modules[name], _InertModule))
    if late:
        raise LeftOut(f"Already imported: {', '.join(late)}")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(left_out))
