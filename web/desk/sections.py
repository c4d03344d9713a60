"""The rooms of the desk, in the order of its menu: where each lies, what it is called, and which roles may enter.

The guard (session.py) and the menu (templates/desk/layout.html) read this list and nothing else, so that nobody is shown a
door that does not open, and a new address under /desk that no room covers lets nobody in.
"""

from __future__ import annotations

from dataclasses import dataclass

from office.roles import ROLES

CASEWORK = ("caseworker", "coordinator", "administrator")
LEADERS = ("coordinator", "administrator")
EDITORS = ("editor", "coordinator", "administrator")


@dataclass(frozen=True)
class Section:
    """A room: every address that is `path` or lies under it. `title` is its name in the menu; None keeps it out of there.

    `key` is the letter that opens it after "g" (static/desk.js); each letter stands for one room.
    """

    path: str
    title: str | None
    roles: tuple[str, ...]
    key: str = ""

    def covers(self, path: str) -> bool:
        """Tell whether `path` lies in this room."""
        return path == self.path or path.startswith(f"{self.path}/")


SECTIONS = (
    Section("/desk", "Min dag", CASEWORK, "d"),
    Section("/desk/sager", "Sager", CASEWORK, "s"),
    Section("/desk/ny", "Ny henvendelse", CASEWORK, "n"),
    Section("/desk/live", "Live", CASEWORK, "l"),
    Section("/desk/tavle", "Tavle", CASEWORK, "t"),
    Section("/desk/udbakke", "Udbakke", CASEWORK, "u"),
    Section("/desk/folk", "Folk", CASEWORK, "f"),
    Section("/desk/folk/fravaer", None, LEADERS),
    Section("/desk/folk/vagt", None, LEADERS),
    Section("/desk/kontor", "Kontor", ROLES, "k"),
    Section("/desk/viden", "Viden", ROLES, "v"),
    Section("/desk/viden/artikel", None, EDITORS),
    Section("/desk/resultater", "Resultater", CASEWORK, "r"),
    Section("/desk/resultater/offentlig", None, LEADERS),
    Section("/desk/brugere", "Brugere", ("administrator",), "b"),
    Section("/desk/log", "Log", ("administrator",), "o"),
    Section("/desk/konto", None, ROLES),
    Section("/desk/logout", None, ROLES),
)


def section_of(path: str) -> Section | None:
    """Return the room of an address: the one that lies deepest; "/desk" itself covers no address below it."""
    covering = [room for room in SECTIONS if room.covers(path) and (room.path != "/desk" or path == "/desk")]
    return max(covering, key=lambda room: len(room.path), default=None)


def may_enter(role: str, path: str) -> bool:
    """Tell whether a user with `role` may use the address."""
    room = section_of(path)
    return room is not None and role in room.roles


def first_room(role: str) -> str:
    """Return where a user with `role` begins the day."""
    return next((room.path for room in SECTIONS if room.title and role in room.roles), "/desk")
