"""The forms of admin. The form of the settings is made from core.site.KINDS, so a new setting has its field."""

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from blueprints.admin.actions import InvitationDraft
from core import i18n, site
from core.forms import Base, Key, Line, options

LABELS = {
    "name": (_l("Name of the site"), ""),
    "tagline": (_l("One line about it"), _l("Shown beneath the name on the front page.")),
    "locale": (_l("Language"), _l("For visitors whose browser asks for none that we speak.")),
    "time_zone": (_l("Time zone"), _l("For visitors, and for members who have chosen none.")),
    "registration": (_l("Who may register"), ""),
    "founding": (_l("Who may found circles"), ""),
    "reading": (_l("Who may read public circles"), ""),
    "link_cards": (_l("Link cards"), _l("A page that a post points to is asked once for its title and picture.")),
    "unit": (_l("What the site’s own credit is called"), _l("Shown behind every amount while no payment provider is "
                                                            "connected. Left empty, each reader’s own language says "
                                                            "shells.")),
    "public_moments": (_l("Feed posts"), ""),
    "contact": (_l("Where people can write to you"), _l("An address or a sentence. Everyone can see it.")),
}
CHOICES = {
    ("registration", "open"): _l("Anyone"),
    ("registration", "invitation"): _l("People with an invitation"),
    ("registration", "closed"): _l("Nobody at the moment"),
    ("founding", "members"): _l("Every member"),
    ("founding", "staff"): _l("Only staff"),
    ("link_cards", "on"): _l("Make cards"),
    ("link_cards", "off"): _l("Ask nothing of other sites"),
    ("reading", "everyone"): _l("Everyone, also without an account"),
    ("reading", "members"): _l("Members only"),
    ("public_moments", "on"): _l("Members may show them to everybody"),
    ("public_moments", "off"): _l("Members show them to people of this site"),
}

USES = ((1, _l("Once")), (5, _l("Five times")), (20, _l("Twenty times")), (100, _l("A hundred times")))
HOLDS = ((1, _l("A day")), (7, _l("A week")), (14, _l("Two weeks")), (90, _l("Three months")), (0, _l("No end")))
LASTS = ((1, _l("A day")), (7, _l("A week")), (30, _l("Thirty days")), (0, _l("No end")))


def label(name: str) -> tuple[Any, Any]:
    """What a setting is called, and a sentence about it."""
    return LABELS.get(name, (name, ""))


@lru_cache(maxsize=1)
def settings_form() -> type[Base]:
    return type("Settings", (Base,), {kind.name: _field(kind) for kind in site.KINDS if not kind.is_about_money})


def _field(kind: site.SiteSettingKind) -> Any:
    title, hint = label(kind.name)
    if kind.name == "locale":
        return SelectField(title, choices=options(i18n.LANGUAGE_NAMES.items()), description=hint)
    if kind.name == "time_zone":
        return SelectField(title, choices=options(i18n.zone_options()), description=hint)
    if kind.choices:
        choices = [(choice, CHOICES.get((kind.name, choice), choice)) for choice in kind.choices]
        return RadioField(title, choices=options(choices), description=hint)
    return Line(title, limit=kind.limit, required=kind.needed, description=hint)


class Invitation(Base):
    note = Line(_l("For whom"), limit="invite_reason", required=False, description=_l("Only staff can see this."))
    uses = SelectField(
        _l("How often it can be used"), coerce=int, default=1,
        choices=options(USES),
    )  # fmt: skip
    days = SelectField(
        _l("How long it is valid"), coerce=int, default=14,
        choices=options(HOLDS),
    )  # fmt: skip
    key = Key()

    def draft(self) -> InvitationDraft:
        return InvitationDraft(self.note.data or "", self.uses.data, self.days.data)


class Suspend(Base):
    reason = Line(_l("Reason"), limit="reason", description=_l("The member can read it."))
    days = SelectField(
        _l("For how long"), coerce=int, default=7,
        choices=options(LASTS),
    )  # fmt: skip
