"""What a member lets others see and do, with what each choice means in words."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from blueprints.people.privacy import FRIENDS_SEE_DAYS, STRANGERS_SEE, Settings
from core.forms import Base, options

WHO = {
    "everyone": _l("Everyone"), "acquaintances": _l("Acquaintances"), "friends": _l("Friends"), "nobody": _l("Only me"),
}  # fmt: skip
HINTS: dict[str, dict[Any, Any]] = {
    "found_by": {
        "everyone": _l("Whoever searches for your name finds you."),
        "acquaintances": _l("Only those who share a friend or a circle with you find you by searching."),
        "nobody": _l("Only your friends find you by searching. Others still meet you where you write."),
    },
    "asked_by": {
        "everyone": _l("Everyone here can ask to be your friend."),
        "acquaintances": _l("Those who share a friend or a circle with you can ask, and whoever has your code."),
        "nobody": _l("Only whoever has your code can ask. You can renew the code."),
    },
    "friends_seen_by": {
        "everyone": _l("Everyone here sees on your profile who your friends are."),
        "friends": _l("Only your friends see who your other friends are."),
        "nobody": _l("Only you see who your friends are. A friend of both of you still knows."),
    },
    "circles_seen_by": {
        "everyone": _l("Your profile lists your circles, each to those who may see that circle."),
        "friends": _l("Only your friends see a list of your circles, each if they may see that circle."),
        "nobody": _l("Your profile lists no circles. Members of a circle still see you in it."),
    },
    "strangers_see": {
        10: _l("People who are not your friends see your ten latest public posts."),
        0: _l("People who are not your friends see none of your posts."),
    },
    "friends_see_days": {
        3: _l("Your friends see posts of the last three days. Older ones are there for you alone."),
        183: _l("Your friends see posts of the last half year. Older ones are there for you alone."),
        0: _l("Your friends see all posts that you have shown them."),
    },
}


def _choice(label: Any, names: dict[Any, Any], **more: Any) -> RadioField:
    return RadioField(label, choices=options(names.items()), **more)


def _some(*names: str, **other: Any) -> dict[str, Any]:
    """Who may; `other` names a choice as it is meant for this one."""
    return {name: other.get(name, WHO[name]) for name in names}


class PrivacyForm(Base):
    found_by = _choice(
        _l("Who finds you by searching?"), _some("everyone", "acquaintances", "nobody", nobody=_l("Only friends"))
    )
    asked_by = _choice(
        _l("Who may ask to be your friend?"), _some("everyone", "acquaintances", "nobody", nobody=_l("Only by my code"))
    )
    friends_seen_by = _choice(_l("Who sees your friends?"), _some("everyone", "friends", "nobody"))
    circles_seen_by = _choice(_l("Who sees your circles?"), _some("everyone", "friends", "nobody", nobody=_l("Nobody")))
    strangers_see = _choice(
        _l("What do strangers see of your posts?"),
        dict(zip(STRANGERS_SEE, (_l("Ten public posts"), _l("No posts")), strict=True)), coerce=int,
    )  # fmt: skip
    friends_see_days = _choice(
        _l("How far back do friends see?"),
        dict(zip(FRIENDS_SEE_DAYS, (_l("Three days"), _l("Half a year"), _l("All posts")), strict=True)), coerce=int,
    )  # fmt: skip

    def wanted(self) -> Settings:
        return Settings(
            self.found_by.data, self.asked_by.data, self.friends_seen_by.data, self.circles_seen_by.data,
            self.strangers_see.data, self.friends_see_days.data,
        )  # fmt: skip

