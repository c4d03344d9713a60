"""Rasa custom actions: thin and async; each calls office and knowledge and says what became of it."""
