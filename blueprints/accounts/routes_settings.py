"""What members can change about themselves."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.accounts import actions, addresses, bp, leaving
from blueprints.accounts.forms import Address, ChangePassword, OwnPassword, Preferences, Profile
from blueprints.accounts.queries import own_account
from core import guard, hx, i18n, site
from core.blueprint import slot
from core.errors import Invalid
from core.limits import LIMITS
from core.policy import Standing
from core.viewer import current_actor, current_user
from models import Member


@bp.get("/settings/", permission="account:manage")
def settings() -> Response:
    actor = current_actor()
    return hx.page(
        "accounts/settings.html",
        member=own_account(actor),
        departure=leaving.departure(actor),
        may_edit=actor.standing >= Standing.MEMBER,
        language=i18n.LANGUAGE_NAMES.get(current_user.locale),
        more=slot("accounts.settings", actor, ["settings"]).get("settings", []),
    )


# ---- profile ------------------------------------------------------------------------------------------------


@bp.get("/settings/profile", permission="account:edit")
def profile() -> Response:
    member = own_account(current_actor())
    return _profile_page(Profile(data={"display_name": member.display_name, "bio": member.bio}), member)


@bp.post("/settings/profile", permission="account:edit")
def edit_profile() -> Response:
    form, actor = Profile.posted(), current_actor()
    try:
        if form.validate():
            actions.edit_profile(actor, actions.Profile(form.display_name.data, form.bio.data))
            if request.form.get("remove_avatar"):
                actions.set_avatar(actor, None)
            if picture := _sent_picture():
                guard.limit("picture.store", actor.member_id)
                actions.set_avatar(actor, picture)
            return hx.see_other(url_for("accounts.settings"), toast=_("Your profile is saved."))
    except Invalid as refusal:
        if refusal.field == "media":
            return _profile_page(form, own_account(actor), status=422, avatar_error=hx.say(refusal))
        form.refuse(refusal)
    return _profile_page(form, own_account(actor), status=422)


def _sent_picture() -> bytes | None:
    sent = request.files.get("avatar")
    return sent.read(LIMITS["picture_bytes"] + 1) if sent and sent.filename else None


def _profile_page(form: Profile, member: Member, *, status: int = 200, avatar_error: str = "") -> Response:
    return hx.page(
        "accounts/profile.html", status=status, form=form, member=member, avatar_error=avatar_error
    )  # fmt: skip


# ---- language, time zone, colours ---------------------------------------------------------------------------


@bp.get("/settings/preferences", permission="account:edit")
def preferences() -> Response:
    member = own_account(current_actor())
    chosen = {"locale": member.locale, "time_zone": member.time_zone, "theme": member.theme,
              "shows_presence": member.shows_presence}  # fmt: skip
    return _preferences_page(Preferences(data=chosen))


@bp.post("/settings/preferences", permission="account:edit")
def set_preferences() -> Response:
    form = Preferences.posted()
    _offer_zones(form)
    try:
        if form.validate():
            wanted = actions.Preferences(
                form.locale.data, form.time_zone.data, form.theme.data, form.shows_presence.data
            )  # fmt: skip
            actions.set_preferences(current_actor(), wanted)
            return hx.see_other(url_for("accounts.settings"))
    except Invalid as refusal:
        form.refuse(refusal)
    return _preferences_page(form, status=422)


def _offer_zones(form: Preferences) -> None:
    form.offer_zones(_("That of the site: %(zone)s", zone=i18n.zone_name(site.get("time_zone"))))


def _preferences_page(form: Preferences, *, status: int = 200) -> Response:
    _offer_zones(form)
    return hx.page("accounts/preferences.html", status=status, form=form)


# ---- e-mail -------------------------------------------------------------------------------------------------


@bp.get("/settings/email", permission="account:edit")
def address() -> Response:
    return _address_page(Address())


@bp.post("/settings/email", permission="account:edit")
def change_address() -> Response:
    form, actor = Address.posted(), current_actor()
    try:
        if form.validate():
            guard.limit("email.member", actor.member_id)
            addresses.change_address(actor, form.email.data, form.password.data)
            return hx.see_other(url_for("accounts.address"), toast=_("An e-mail with a link is on its way."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _address_page(form, status=422)


@bp.post("/settings/email/remove", permission="account:edit")
def remove_address() -> Response:
    form, actor = OwnPassword.posted(prefix=""), current_actor()
    try:
        if form.validate():
            guard.limit("password.member", actor.member_id)
            addresses.remove_address(actor, form.password.data)
            return hx.see_other(url_for("accounts.address"), toast=_("Your address is removed."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _address_page(Address(), form, status=422)


def _address_page(form: Address, removal: OwnPassword | None = None, *, status: int = 200) -> Response:
    member = own_account(current_actor())
    return hx.page(
        "accounts/address.html", status=status, form=form, removal=removal or OwnPassword(), member=member,
        waiting=addresses.waiting(member.id),
    )  # fmt: skip


# ---- password -----------------------------------------------------------------------------------------------


@bp.get("/settings/password", permission="account:edit")
def password() -> Response:
    return hx.page("accounts/password.html", form=ChangePassword())


@bp.post("/settings/password", permission="account:edit")
def change_password() -> Response:
    form, actor = ChangePassword.posted(), current_actor()
    try:
        if form.validate():
            guard.limit("password.member", actor.member_id)
            actions.change_password(
                actor, form.password.data, form.new_password.data, session_id=current_user.session_id
            )
            return hx.see_other(
                url_for("accounts.settings"), toast=_("Your password is changed. Other devices were signed out.")
            )
    except Invalid as refusal:
        form.refuse(refusal)
    return hx.page("accounts/password.html", status=422, form=form)
