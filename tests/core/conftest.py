"""A site with a few routes of its own, to see what the core does with a request and what with an answer."""

import pytest
from flask import Flask, jsonify, request

from core import film, guard, hx, policy, video, viewer
from core.blueprint import Blueprint
from core.errors import Denied, TooMany
from models import Circle

PERMISSIONS = {
    "probe:open": policy.Standing.GUEST,
    "probe:half": policy.Standing.SUSPENDED,
    "probe:members": policy.Standing.MEMBER,
    "probe:staff": policy.Standing.STAFF,
}


@pytest.fixture
def permissions(monkeypatch):
    for name, standing in PERMISSIONS.items():
        known = policy.Permission(name, "For tests", standing, lambda actor, thing: True)
        monkeypatch.setitem(policy._permissions, name, known)


@pytest.fixture
def probe(make_app, permissions, cast):
    """`probe(QUANZI_BASE_URL=…)`: a site with the cast and /probe/open, /probe/members, POST /probe/write …"""

    def make(**environ: str) -> Flask:
        site = make_app(**environ)
        site.register_blueprint(_routes())
        guard.check_routes(site)
        return site

    return make


def _routes() -> Blueprint:
    bp = Blueprint("probe", title="Probe")

    @bp.get("/probe/open", permission="probe:open")
    def open_():
        return f"<p>{guard.csrf_token()}</p>"

    @bp.get("/probe/half", permission="probe:half")
    @bp.get("/probe/members", endpoint="members", permission="probe:members")
    @bp.get("/probe/staff", endpoint="staff", permission="probe:staff")
    def half():
        return "in"

    @bp.post("/probe/write", permission="probe:open")
    def write():
        return jsonify(fields=dict(request.form), sent=len(request.get_data()))

    @bp.post("/probe/sign-in/<int:member_id>", permission="probe:open")
    def sign_in(member_id):
        viewer.sign_in(member_id)
        return "in"

    @bp.post("/probe/sign-out", permission="probe:open")
    def sign_out():
        viewer.sign_out()
        return "out"

    @bp.get("/probe/wait", permission="probe:open")
    def wait():
        raise TooMany(retry_after=7)

    @bp.get("/probe/break", permission="probe:open")
    def break_():
        raise ZeroDivisionError

    @bp.get("/probe/region", permission="probe:open")
    def region():
        return hx.fragment("<p id='a'>圈</p>", toast="好", reswap="beforeend", events={"counted": {"n": 1}})

    @bp.get("/probe/away", permission="probe:open")
    def away():
        return hx.see_other("/probe/open", toast="Saved")

    return bp


# ---- films --------------------------------------------------------------------------------------------------


@pytest.fixture
def che(cast, monkeypatch):
    """Sends films of circles; who sees the circle watches them."""

    def may_send(actor, number):
        if actor.member_id != cast.che.id:
            raise Denied

    def inside(actor):
        return policy.visible(Circle.select(Circle.id), actor)

    monkeypatch.setitem(video._purposes, "circle", video.Purpose(may_send, inside))
    return cast.che.actor


@pytest.fixture
def begun(cast, che):
    """`begun(content)`: a film of 夜跑 that Che has begun to send."""

    def begin(content, name="film.mp4"):
        return video.begin(che, "circle", cast.running.id, name, len(content))

    return begin


@pytest.fixture
def without_ffmpeg(monkeypatch):
    monkeypatch.setattr(film, "has_ffmpeg", lambda: False)
