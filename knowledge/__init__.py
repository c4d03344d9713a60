"""What the office knows: articles, case types, people and settings that editors own, read and checked.

Pure Python that runs in both environments (the bot's Python 3.10 and the root's). Start with `load()`.
"""

from knowledge.loader import KnowledgeError, load, read
from knowledge.model import Article, CaseType, Knowledge, Office, Person, Signal
from knowledge.yamlfile import Problem

__all__ = [
    "Article",
    "CaseType",
    "Knowledge",
    "KnowledgeError",
    "Office",
    "Person",
    "Problem",
    "Signal",
    "load",
    "read",
]
