"""The roles at the desk."""

ROLES = ("caseworker", "coordinator", "editor", "administrator")
