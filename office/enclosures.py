"""A reply to the business with files: drawings, a decision. The words name them, and the files come with the words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.model import Knowledge
from office import files
from office.correspondence import reply_to_business
from office.errors import NotAllowed
from office.files import Kept, is_for_business
from office.store import UnitOfWork
from office.store.tables import Message, Ticket

_WORD = {"da": "Filer på sagens side:", "en": "Files on the page of your case:"}


@dataclass(frozen=True)
class Enclosed:
    """What goes with a reply: new files, whose bytes are kept already, and the numbers of files that the case has."""

    kept: Sequence[Kept] = ()
    numbers: Collection[int] = ()


async def reply_with_files(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    text: str,
    enclosed: Enclosed,
    author_name: str,
    actor: str,
    now: datetime,
    answers_case: bool = False,
) -> Message:
    """Answer the business as `reply_to_business` does, with files that it then sees on its page.

    Raises NotAllowed for a reply that may not be sent and for a file that the business has already or the case never had,
    FileRefused for a file too many.
    """
    chosen = [file for file in await files.files_of(uow, ticket) if file.id in enclosed.numbers]
    if len(chosen) < len(enclosed.numbers) or any(is_for_business(file) for file in chosen):
        raise NotAllowed("En af filerne er sendt allerede. Se på filerne igen, og vælg dem, der skal med.")
    names = [*(file.name for file in chosen), *(file.name for file in enclosed.kept)]
    if names:
        text = f"{text}\n\n{_WORD.get(ticket.language, _WORD['da'])} {', '.join(names)}"
    message = await reply_to_business(uow, knowledge, ticket, text, author_name, actor, now, answers_case)
    await files.send_with(uow, ticket, chosen, message, actor, now)
    await files.add(uow, ticket, enclosed.kept, knowledge.office.uploads, actor, now, message)
    return message
