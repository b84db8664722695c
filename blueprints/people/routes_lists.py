"""One's lists of friends."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.people import bp, lists, queries_friends
from blueprints.people.forms_friends import ListForm
from core import guard, hx
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.viewer import current_actor


@bp.get("/friends/lists", permission="friend:own")
def friend_lists() -> Response:
    return _lists_page(ListForm())


def _lists_page(form: ListForm, status: int = 200) -> Response:
    rows = queries_friends.own_lists(current_actor())
    regions = {"list-form": "people/_list_form.html"}
    return hx.page(
        "people/lists.html", regions, status=status, rows=rows, form=form, url=url_for(".make_friend_list"),
        label=_("Make a list"), most=LIMITS["friend_lists"],
    )  # fmt: skip


@bp.post("/friends/lists", permission="friend:own")
def make_friend_list() -> Response:
    form = ListForm.posted()
    if form.validate():
        guard.limit("friend.sort", current_actor().member_id)
        try:
            number = lists.make_list(current_actor(), form.name.data)
            return hx.see_other(url_for(".friend_list", number=number), toast=_("The list is made. Put friends on it."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _lists_page(form, 422)


@bp.get("/friends/lists/<int:number>", permission="friend:own")
def friend_list(number: int) -> Response:
    """`q` looks among the friends who are not on it; `before` and `others` are where older pages start."""
    actor, args = current_actor(), request.args
    lists.require_own(actor, number)
    before, others = args.get("before", ""), args.get("others", "")
    if hx.wants_fragment() and (before or others) and hx.target() != "others":
        return _older(number, before, others)
    row = next((row for row in queries_friends.own_lists(actor) if row.id == number), None)
    if row is None:
        raise Gone
    return _list_page(number, ListForm(data={"name": row.name}), row.name)


def _list_page(number: int, form: ListForm, name: str, status: int = 200) -> Response:
    actor, args = current_actor(), request.args
    query = args.get("q", "")[: LIMITS["search_query"]].strip()
    inside = queries_friends.friends(actor, of_list=number, before=args.get("before", ""))
    outside = queries_friends.friends(actor, query, not_on=number, before=args.get("others", ""))
    return hx.page(
        "people/list.html", {"others": "people/_others.html", "list-form": "people/_list_form.html"}, status=status,
        number=number, name=name, form=form, url=url_for(".change_friend_list", number=number), label=_("Rename"),
        rows=inside.rows, older_url=inside.older and url_for(".friend_list", number=number, before=inside.older),
        others=outside.rows, query=query,
        older_others_url=outside.older and url_for(
            ".friend_list", number=number, q=query or None, others=outside.older
        ),
    )  # fmt: skip


def _older(number: int, before: str, others: str) -> Response:
    actor, query = current_actor(), request.args.get("q", "")[: LIMITS["search_query"]].strip()
    if before:
        page, place = queries_friends.friends(actor, of_list=number, before=before), "listed"
        older_url = page.older and url_for(".friend_list", number=number, before=page.older)
    else:
        place = "other"
        page = queries_friends.friends(actor, query, not_on=number, before=others)
        older_url = page.older and url_for(".friend_list", number=number, q=query or None, others=page.older)
    return hx.fragment(
        render_template("people/_listed_rows.html", rows=page.rows, older_url=older_url, number=number, place=place)
    )


@bp.post("/friends/lists/<int:number>", permission="friend:own")
def change_friend_list(number: int) -> Response:
    actor, form = current_actor(), ListForm.posted()
    lists.require_own(actor, number)
    if form.validate():
        guard.limit("friend.sort", actor.member_id)
        try:
            lists.rename_list(actor, number, form.name.data)
            return hx.see_other(url_for(".friend_list", number=number), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    name = next(row.name for row in queries_friends.own_lists(actor) if row.id == number)
    return _list_page(number, form, name, 422)


@bp.post("/friends/lists/<int:number>/delete", permission="friend:own")
def drop_friend_list(number: int) -> Response:
    lists.drop_list(current_actor(), number)
    return hx.see_other(url_for(".friend_lists"), toast=_("The list is deleted. Your friends stay."))


@bp.post("/friends/lists/<int:number>/friends/<int:member>", permission="friend:own")
def put_on_list(number: int, member: int) -> Response:
    """`on` 1 puts a friend on the list, 0 takes them off."""
    actor, on = current_actor(), request.form.get("on", "")
    if on not in ("0", "1"):
        raise Invalid("choice", field="on")
    guard.limit("friend.sort", actor.member_id)
    (lists.put_on if on == "1" else lists.take_off)(actor, number, [member])
    known = queries_friends.friend(actor, member)
    if known is None:
        raise Gone
    row = {"person": known._replace(listed=on == "1"), "number": number, "place": "listed"}
    if on == "1" and hx.target() == f"other-{member}":
        return _moved(number, row)
    return hx.changed(hx.back(url_for(".friend_list", number=number)), render_template("people/_listed.html", **row))


def _moved(number: int, row: dict[str, Any]) -> Response:
    """From the other friends to the end of those on the list, unless an older page of these brings it."""
    page = queries_friends.friends(current_actor(), of_list=number)
    if page.older and all(each.id != row["person"].id for each in page.rows):
        return hx.fragment(toast=_("Saved."))
    return hx.fragment(render_template("people/_put_on.html", **row))
