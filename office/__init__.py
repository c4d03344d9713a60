"""The office's promises as plain Python: what is counted, who takes it, when it is due, and where it is kept.

Imports neither rasa nor aiohttp. Rules (calendar, triage, assignment, intake, privacy) are pure functions;
`store` is the SQLAlchemy side; `conversations`, `tickets` and `access` are what the doors call.
"""
