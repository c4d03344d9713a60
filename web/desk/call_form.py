"""The form under "Ny henvendelse" as data: what was typed, what must be mended, and the call that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge import Knowledge
from knowledge.model import LEVELS, Article
from office.calls import TAKEN_IN_BY, Call
from office.intake import Facts, find_facts
from office.privacy import mask_cpr
from office.suggesting import Understood
from office.tickets import Decided
from web.write_form import FIELDS as FACTS
from web.write_form import FormError, check, facts_of

CHANNELS = {"phone": "Telefon", "email": "E-mail", "visit": "Personligt"}
OWN_WORDS = "egne"
_TYPED = (*FACTS, "said", "why")
_CHOSEN = (
    *("article", "other_article", "article_suggested", "case_type", "suggested_type"),
    *("level", "contact_person", "language", "channel"),
)
_FOUND_IN_TEXT = ("company", "name", "email", "phone", "address")
_LONGEST_WHY = 500
_ASK_FOR_CONTACT = "Spørg efter en e-mail eller et telefonnummer, så virksomheden kan få svar."


@dataclass(frozen=True)
class CallForm:
    """What stands in the form. `areas` are those ticked, `areas_suggested` those that were ticked for the caseworker."""

    values: Mapping[str, str]
    areas: tuple[str, ...] = ()
    areas_suggested: tuple[str, ...] = ()

    @classmethod
    def read(cls, knowledge: Knowledge, fields: Mapping[str, str]) -> CallForm:
        """Return the form as it was sent. CPR numbers are masked; a choice that does not exist is no choice."""
        values = {name: mask_cpr(fields.get(name, ""))[0] for name in _TYPED}
        allowed = {
            "article": (*knowledge.articles, OWN_WORDS),
            "other_article": knowledge.articles,
            "article_suggested": knowledge.articles,
            "case_type": knowledge.cases,
            "suggested_type": knowledge.cases,
            "level": LEVELS,
            "contact_person": knowledge.people,
            "language": ("da", "en"),
            "channel": TAKEN_IN_BY,
        }
        values |= {name: fields.get(name, "") if fields.get(name) in allowed[name] else "" for name in _CHOSEN}
        values |= {"language": values["language"] or "da", "channel": values["channel"] or TAKEN_IN_BY[0]}
        ticked = tuple(area for area in knowledge.areas if fields.get(f"area_{area}"))
        suggested = tuple(area for area in fields.get("areas_suggested", "").split() if area in knowledge.areas)
        return cls(values, ticked, suggested)

    @property
    def text(self) -> str:
        return self.values["text"]

    @property
    def language(self) -> str:
        return self.values["language"]

    def with_found_facts(self) -> CallForm:
        """Return the form with empty fields filled from the text: a number said in passing need not be typed twice."""
        found = find_facts(self.text)
        company = found.company or (f"CVR {found.cvr}" if found.cvr else "")
        facts = {**found.known(), "name": found.contact_name or "", "company": company}
        gaps = {name: facts.get(name, "") for name in _FOUND_IN_TEXT if not self.values[name]}
        return replace(self, values={**self.values, **gaps})

    def facts(self) -> Facts:
        """Return what is known of the business; what is mistyped is left out."""
        return facts_of(self.values)

    @property
    def chose_article(self) -> bool:
        """Whether the article is the caseworker's own choice: then it stays, whatever the text goes on to say."""
        return bool(self.values["other_article"]) or self.values["article"] != self.values["article_suggested"]

    def article_read(self, knowledge: Knowledge) -> Article | None:
        """Return the article that stood chosen when the form was saved, which is what was read aloud; None for own words."""
        return knowledge.articles.get(self.values["other_article"] or self.values["article"])

    def article_shown(self, knowledge: Knowledge, understood: Understood) -> Article | None:
        """Return the article to show first: the caseworker's choice, or else the one that answers the text for certain."""
        chosen = self.values["article"] if self.chose_article else ""
        certain = understood.articles[0] if understood.is_certain else ""
        return knowledge.articles.get(self.values["other_article"] or chosen or certain)

    def decided(self) -> Decided:
        """Return what the caseworker has set otherwise than suggested."""
        return Decided(
            level=self.values["level"] or None,
            areas=self.areas if set(self.areas) != set(self.areas_suggested) else None,
            contact_person=self.values["contact_person"] or None,
            why=self.values["why"] or None,
        )

    def call(self, form_id: str, understood: Understood) -> Call:
        """Return the call that the form makes, the case type as chosen or else as understood."""
        return Call(
            id=form_id,
            channel=self.values["channel"],
            text=self.text,
            facts=self.facts(),
            case_type=self.values["case_type"] or understood.case_type,
            language=self.language,
            decided=self.decided(),
        )

    def problems_of_case(self, knowledge: Knowledge, longest_text: int) -> list[FormError]:
        """Return what must be mended before the inquiry can be a case."""
        errors = [_in_our_words(error, self.values) for error in check(self.values, longest_text)]
        decided = self.decided()
        if decided.level and not decided.why:
            errors.append(FormError("why", "Skriv kort, hvorfor niveauet skal være et andet."))
        if len(self.values["why"]) > _LONGEST_WHY:
            errors.append(FormError("why", f"Begrundelsen er for lang. Der er plads til {_LONGEST_WHY} tegn."))
        if decided.areas is not None and all(knowledge.areas[area].state for area in decided.areas):
            errors.append(FormError("areas", "Vælg mindst ét fagområde i kommunen."))
        return errors

    def problems_of_answer(self, article: Article | None, longest_text: int) -> list[FormError]:
        """Return what must be mended before the inquiry can be counted as answered."""
        errors = [error for error in check(self.values, longest_text) if error.field == "text"]
        if article is None and not self.values["said"]:
            errors.append(FormError("said", "Vælg den artikel, du læste op, eller skriv kort, hvad du svarede."))
        if len(self.values["said"]) > longest_text:
            errors.append(FormError("said", f"Svaret er for langt. Der er plads til {longest_text} tegn."))
        return errors


def _in_our_words(error: FormError, values: Mapping[str, str]) -> FormError:
    """The form for businesses speaks to them; here a colleague reads."""
    unreachable = error.field == "email" and not values["email"]
    return FormError("email", _ASK_FOR_CONTACT) if unreachable else error
