"""Running the site: settings, invitations, people, the audit log and jobs, by page and by action."""

import re

import pytest

from blueprints.admin import actions, queries
from blueprints.admin.actions import InvitationDraft
from core import clock, jobs, policy, site
from core.errors import Denied, Gone, Invalid, SignInNeeded
from core.limits import LIMITS
from core.policy import GUEST
from models import AuditEntry, Job, Member, Session, SiteInvitation, StaffRole, Suspension

PAGES = ("/admin/", "/admin/settings", "/admin/invitations/", "/admin/people/", "/admin/people/lin", "/admin/audit",
         "/admin/jobs")  # fmt: skip


def acts(action: str) -> list[AuditEntry]:
    return list(AuditEntry.select().where(AuditEntry.action == action).order_by(AuditEntry.id))


# ---- who gets in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_admin_is_for_staff_and_does_not_exist_for_members(as_, client, page):
    assert as_("owner").get(page).status_code == as_("staff").get(page).status_code == 200
    assert as_("lin").get(page).status_code == 404
    assert as_("suspended").get(page).status_code == as_("leaving").get(page).status_code == 403
    assert client.get(page).status_code == 401


def test_staff_find_the_way_from_their_own_page_and_from_a_profile(as_):
    assert 'href="/admin/"' in as_("staff").get("/me").text and "/admin/" not in as_("lin").get("/me").text
    assert 'href="/admin/people/che"' in as_("staff").get("/people/che").text
    assert "/admin/" not in as_("lin").get("/people/che").text


def test_staff_who_were_dismissed_are_out_at_once(as_, cast):
    browser = as_("staff")
    actions.appoint(cast.owner.actor, cast.staff.id, False)
    assert browser.get("/admin/").status_code == 404


def test_actions_ask_themselves_whatever_page_called_them(cast):
    for actor, refusal in ((cast.lin.actor, Denied), (GUEST, SignInNeeded), (cast.suspended.actor, Denied)):
        with pytest.raises(refusal):
            actions.change_settings(actor, {"name": "mine"})
        with pytest.raises(refusal):
            actions.suspend(actor, cast.che.id, "because")
        with pytest.raises(refusal):
            actions.invite(actor, InvitationDraft())
        with pytest.raises(refusal):
            actions.retry_job(actor, 1)
        with pytest.raises(refusal):
            queries.audit_log(actor)
    assert site.get("name") != "mine" and not SiteInvitation.select().exists()


# ---- overview and settings ----------------------------------------------------------------------------------


def test_the_overview_counts_what_is_there(as_, cast):
    seen = queries.overview(cast.owner.actor)
    assert (seen.members, seen.circles, seen.posts, seen.suspended) == (8, 3, 3, 1)
    assert "No background worker has been heard of lately" in as_("staff").get("/admin/").text


def test_settings_are_changed_and_written_down(as_, post, cast):
    form = {**site.settings(), "name": "江边", "registration": "invitation"}
    assert post(as_("staff"), "/admin/settings", form).status_code == 303
    assert site.get("name") == "江边" and site.get("registration") == "invitation"
    entry = acts("site.configure")[0]
    assert entry.actor_id == cast.staff.id and "江边" in entry.detail and "time_zone" not in entry.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("name", " \u200b "), ("name", "x" * 41), ("tagline", "x" * 121), ("locale", "xx"),
     ("time_zone", "Nowhere/Land"), ("registration", "perhaps")],
)  # fmt: skip
def test_a_setting_that_cannot_be_keeps_the_form(as_, post, cast, name, value):
    response = post(as_("owner"), "/admin/settings", {**site.settings(), "contact": "hello@example.org", name: value})
    assert response.status_code == 422 and "hello@example.org" in response.text and "field-error" in response.text
    assert site.get("contact") == "" and not acts("site.configure")


def test_what_is_no_setting_is_refused(cast):
    with pytest.raises(Invalid):
        actions.change_settings(cast.owner.actor, {"database_url": "postgres://"})


def test_saving_what_is_so_already_writes_nothing_down(cast):
    assert actions.change_settings(cast.owner.actor, {"name": site.get("name")}) == {} and not acts("site.configure")


# ---- invitations --------------------------------------------------------------------------------------------


def test_an_invitation_lets_people_in_as_often_as_it_says(as_, post, client, app, cast):
    site.change({"registration": "invitation"})
    assert post(as_("staff"), "/admin/invitations/", {"note": "老同学", "uses": "1", "days": "7"}).status_code == 303
    page = as_("owner").get("/admin/invitations/").text
    link = re.search(r'value="http://localhost(/register\?code=[^"]+)"', page)[1]
    form = {"username": "nova", "password": "a fine sentence", "code": link.partition("code=")[2]}
    assert post(client, "/register", form).status_code == 303
    late = post(app.test_client(), "/register", {**form, "username": "later"})
    assert late.status_code == 422 and not Member.select().where(Member.username == "later").exists()
    assert "used up" in as_("staff").get("/admin/invitations/").text


def test_an_invitation_that_was_taken_back_opens_nothing(as_, post, cast, client):
    site.change({"registration": "invitation"})
    made = actions.invite(cast.owner.actor, InvitationDraft(uses=5))
    assert post(as_("staff"), f"/admin/invitations/{made.id}/revoke").status_code == 303
    form = {"username": "nova", "password": "a fine sentence", "code": made.code}
    assert post(client, "/register", form).status_code == 422
    actions.revoke_invitation(cast.owner.actor, made.id)
    assert len(acts("site.revoke_invitation")) == 1


def test_the_code_is_in_no_log(cast):
    made = actions.invite(cast.owner.actor, InvitationDraft("老同学"))
    assert not [entry for entry in AuditEntry.select() if made.code in entry.detail]


def test_a_form_that_is_sent_twice_makes_one(as_, post, fresh_key, cast):
    form = {"note": "x", "uses": "1", "days": "7", "key": fresh_key()}
    for _ in range(2):
        post(as_("owner"), "/admin/invitations/", form)
    assert SiteInvitation.select().count() == 1


@pytest.mark.parametrize("wrong", [{"uses": "0"}, {"uses": "x"}, {"days": "-1"}, {"note": "x" * 121}])
def test_an_odd_invitation_is_refused_at_its_field(as_, post, cast, wrong):
    response = post(as_("owner"), "/admin/invitations/", {"note": "", "uses": "1", "days": "7", **wrong})
    assert response.status_code == 422 and not SiteInvitation.select().exists()


@pytest.mark.parametrize("draft", [InvitationDraft(uses=0), InvitationDraft(uses=10**6), InvitationDraft(days=-1)])
def test_the_action_knows_the_limits_too(cast, draft):
    with pytest.raises(Invalid):
        actions.invite(cast.owner.actor, draft)


def test_no_invitation_of_that_number(as_, post, cast):
    assert post(as_("owner"), "/admin/invitations/999/revoke").status_code == 404


# ---- people -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["zhou", "@zhou-lan", "周岚", "ZHOU-LAN"])
def test_people_are_found_by_what_one_knows_of_them(as_, cast, text):
    page = as_("staff").get("/admin/people/", query_string={"q": text}).text
    assert "@zhou-lan" in page and "@lin" not in page


def test_people_are_found_by_their_whole_address(as_, cast):
    Member.update(email="lin@example.org").where(Member.id == cast.lin.id).execute()
    assert "@lin<" in as_("staff").get("/admin/people/?q=lin@example.org").text
    assert "@lin<" not in as_("staff").get("/admin/people/?q=example.org").text


@pytest.mark.parametrize(("which", "who"), [("staff", "@ada"), ("suspended", "@gu-yan"), ("leaving", "@noor")])
def test_people_by_how_they_stand(as_, which, who):
    page = as_("staff").get(f"/admin/people/?which={which}").text
    assert who in page and "@lin<" not in page


def test_people_come_in_pages_without_a_gap(cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_admin", 3)
    names, before = [], None
    while True:
        page = queries.people(cast.staff.actor, before=before)
        names += [row.username for row in page.rows]
        before = page.older
        if before is None:
            break
    assert len(names) == len(set(names)) == 8


def test_someone_who_is_not_there(as_):
    assert as_("owner").get("/admin/people/nobody").status_code == 404


def test_a_suspension_holds_at_once_and_ends_by_itself(as_, post, cast):
    lin = as_("lin")
    assert post(as_("staff"), "/admin/people/lin/suspend", {"reason": "多次发布广告", "days": "7"}).status_code == 303
    assert "多次发布广告" in lin.get("/circles/new").text
    assert post(lin, "/circles/night-run/posts/", {"body": "still here"}).status_code == 403
    clock.shift(7 * clock.DAY + clock.MINUTE)
    assert lin.get("/circles/new").status_code == 200


def test_a_suspension_is_lifted(as_, post, cast):
    assert post(as_("staff"), "/admin/people/gu-yan/lift").status_code == 303
    assert as_("suspended").get("/circles/new").status_code == 200
    row = Suspension.get()
    assert row.lifted_by_id == cast.staff.id and row.lifted_at
    actions.lift(cast.staff.actor, cast.suspended.id)
    assert len(acts("member.lift")) == 1


def test_a_new_suspension_takes_the_place_of_the_old_one(cast):
    actions.suspend(cast.owner.actor, cast.suspended.id, "again", days=3)
    now = queries.person(cast.owner.actor, "gu-yan")
    assert len(now.suspensions) == 2 and now.suspension["reason"] == "again"
    assert Suspension.select().where(Suspension.lifted_at.is_null()).count() == 1


@pytest.mark.parametrize(
    "form", [{"reason": " ", "days": "7"}, {"reason": "x", "days": "8"}, {"reason": "x" * 301, "days": "7"}]
)
def test_a_suspension_wants_a_reason_and_an_end_that_is_offered(as_, post, form):
    response = post(as_("staff"), "/admin/people/lin/suspend", form)
    assert response.status_code == 422 and 'id="suspend"' in response.text and Suspension.select().count() == 1


@pytest.mark.parametrize(
    ("by", "whom"), [("staff", "staff"), ("staff", "owner"), ("owner", "owner")], ids=lambda name: name
)
def test_nobody_suspends_the_owner_or_themself(as_, post, cast, by, whom):
    response = post(as_(by), f"/admin/people/{cast[whom].username}/suspend", {"reason": "x", "days": "7"})
    assert response.status_code == 403 and Suspension.select().count() == 1


def test_only_the_owner_suspends_staff(as_, cast):
    StaffRole.create(member=cast.may.id, role="staff", granted_at=clock.now())
    with pytest.raises(Denied):
        actions.suspend(cast.staff.actor, cast.may.id, "because")
    actions.suspend(cast.owner.actor, cast.may.id, "because")
    assert as_("may").get("/admin/").status_code == 403


def test_the_page_offers_only_what_one_may_do(as_, cast):
    own = as_("staff").get("/admin/people/zhou-lan").text
    assert "/suspend" not in own and "/reset-link" not in own and "/staff" not in own
    assert "/suspend" in as_("staff").get("/admin/people/lin").text
    assert "/staff" in as_("owner").get("/admin/people/lin").text


def test_signing_out_everywhere_ends_every_session(as_, post, cast):
    phone, laptop = as_("lin"), as_("lin")
    assert post(as_("staff"), "/admin/people/lin/sign-out").status_code == 303
    assert phone.get("/settings/").status_code == laptop.get("/settings/").status_code == 401
    assert Session.select().where(Session.member == cast.lin.id).count() == 0


def test_a_reset_link_is_shown_once_and_works(as_, post, client, cast):
    response = post(as_("staff"), "/admin/people/lin/reset-link")
    link = re.search(r'value="http://localhost(/reset/[^"]+)"', response.text)[1]
    assert response.status_code == 200 and link not in as_("staff").get("/admin/people/lin").text
    assert post(client, link, {"password": "an evening by the river"}).status_code == 303
    assert post(client, "/login", {"username": "lin", "password": "an evening by the river"}).status_code == 303
    assert not [entry for entry in AuditEntry.select() if link.rpartition("/")[2] in entry.detail]


def test_htmx_gets_the_link_alone(as_, post):
    response = post(as_("staff"), "/admin/people/lin/reset-link", htmx="reset-link")
    assert response.text.lstrip().startswith('<div id="reset-link"') and "/reset/" in response.text


@pytest.mark.parametrize("power", ["reset-link", "sign-out", "staff"])
@pytest.mark.parametrize("whom", ["owner", "may"])
def test_staff_have_no_power_over_staff(as_, post, cast, power, whom):
    """A reset link for an owner would make its maker an owner."""
    StaffRole.create(member=cast.may.id, role="staff", granted_at=clock.now())
    assert post(as_("staff"), f"/admin/people/{cast[whom].username}/{power}", {"on": "0"}).status_code == 403
    assert StaffRole.select().count() == 3


def test_the_owner_makes_staff_and_takes_it_back(as_, post, cast):
    may = as_("may")
    post(as_("owner"), "/admin/people/may/staff", {"on": "1"})
    assert may.get("/admin/").status_code == 200
    post(as_("owner"), "/admin/people/may/staff", {"on": "0"})
    assert may.get("/admin/").status_code == 404
    assert [entry.actor_id for entry in acts("staff.appoint") + acts("staff.dismiss")] == [cast.owner.id] * 2


def test_the_owner_stays_the_owner(cast):
    with pytest.raises(Denied):
        actions.appoint(cast.owner.actor, cast.owner.id, False)
    with pytest.raises(Denied):
        actions.appoint(policy.CONSOLE, cast.owner.id, False)


def test_erased_members_are_nobody(cast):
    Member.update(erased_at=clock.now()).where(Member.id == cast.ning.id).execute()
    with pytest.raises(Gone):
        actions.suspend(cast.owner.actor, cast.ning.id, "because")
    with pytest.raises(Gone):
        queries.person(cast.owner.actor, "ning")


# ---- audit log and jobs -------------------------------------------------------------------------------------


def test_the_log_tells_who_did_what_to_whom(as_, cast):
    actions.suspend(cast.staff.actor, cast.ning.id, "because", days=3)
    row = queries.audit_log(cast.owner.actor, action="member.suspend").rows[0]
    assert (row.username, row.subject_name, row.facts) == ("ada", "宁", {"days": 3})
    page = as_("staff").get("/admin/audit").text
    assert "Account suspended" in page and "because" not in page


def test_the_log_is_read_by_person_and_by_kind_of_act(cast):
    actions.suspend(cast.staff.actor, cast.ning.id, "because")
    actions.change_settings(cast.owner.actor, {"name": "江边"})
    mine = queries.audit_log(cast.owner.actor, who="ada").rows
    assert {row.action for row in mine} == {"member.suspend"}
    site_acts = queries.audit_log(cast.owner.actor, action="site").rows
    assert {row.action for row in site_acts} == {"site.configure"}
    assert queries.audit_log(cast.owner.actor, who="nobody").rows == []


def test_the_log_comes_in_pages(cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_admin", 4)
    first = queries.audit_log(cast.owner.actor)
    second = queries.audit_log(cast.owner.actor, before=first.older)
    assert len(first.rows) == 4 and second.rows[0].id < first.rows[-1].id


@pytest.fixture
def failed(cast) -> int:
    job_id, error = jobs.later("media.sweep"), "Traceback\nOSError: disk full"
    Job.update(failed_at=clock.now(), attempts=5, error=error).where(Job.id == job_id).execute()
    return job_id


def test_a_job_that_failed_is_tried_again(as_, post, failed, cast):
    assert "OSError: disk full" in as_("staff").get("/admin/jobs").text
    assert post(as_("staff"), f"/admin/jobs/{failed}/retry").status_code == 303
    jobs.run(failed)
    assert Job.get_by_id(failed).done_at and queries.failed_jobs(cast.staff.actor).rows == []


def test_a_job_that_did_not_fail_is_left_alone(as_, post, failed):
    waiting = jobs.later("media.sweep")
    assert post(as_("staff"), f"/admin/jobs/{waiting}/retry").status_code == 404
