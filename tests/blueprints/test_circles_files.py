"""Documents in posts: who may send them, who may download them, and when they are gone."""

import zipfile
from pathlib import Path

import pytest

from blueprints.accounts import exporting
from blueprints.circles import erasing, files, posting
from blueprints.media.checks import missing_files
from blueprints.media.jobs import sweep
from core import clock, personal
from core.config import current
from core.jobs import Running
from core.limits import LIMITS
from models import Attachment, Circle, Export, Membership, Pending, Picture, Post, Screening
from tests.blueprints.circle_stories import photo, typed, upload

WRITE = "/circles/night-run/posts/"
PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"


def on_disk() -> set[Path]:
    return {path for path in (current().data / "files").rglob("*") if path.is_file()}


def newest() -> Post:
    return Post.select().order_by(Post.id.desc()).get()


def send(post, browser, *papers, **fields):
    return post(browser, WRITE, {"title": "", "body": "看附件", "key": "k1", "files": list(papers)} | fields)


def fetch(browser, url):
    """The whole answer, with its file closed."""
    with browser.get(url) as answer:
        answer.get_data()
        return answer


def link_of(row: Attachment) -> str:
    return f"/files/{row.key}/{row.name}"


def test_a_post_carries_documents_that_its_readers_download(as_, post, client):
    lin = as_("lin")
    answer = send(post, lin, upload(PDF, "路线.pdf"), upload("周三".encode(), "说明.txt"))
    assert answer.status_code == 303
    row = newest()
    assert row.file_count == 2
    page = client.get(answer.location).text
    papers = list(Attachment.select().where(Attachment.subject_id == row.id).order_by(Attachment.position))
    assert [paper.name for paper in papers] == ["路线.pdf", "说明.txt"]
    assert all(f"/files/{paper.key}/" in page for paper in papers)
    got = fetch(client, link_of(papers[0]))
    assert (got.status_code, got.data) == (200, PDF)
    head = got.headers
    assert head["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E8%B7%AF%E7%BA%BF.pdf" in head["Content-Disposition"]
    assert head["Content-Type"] == "application/pdf" and head["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in head["Content-Security-Policy"] and "private" in head["Cache-Control"]
    assert fetch(client, link_of(papers[1])).headers["Content-Type"] == "application/octet-stream"


def test_the_name_in_the_address_does_not_choose_the_name_of_the_download(as_, client, cast):
    key = cast.file_in(cast.running)
    got = fetch(client, f"/files/{key}/bill.exe")
    assert got.status_code == 200 and "exe" not in got.headers["Content-Disposition"]


def test_documents_alone_make_a_post(as_, post, cast):
    assert send(post, as_("lin"), upload(PDF, "a.pdf"), body="").status_code == 303
    assert newest().file_count == 1


@pytest.mark.parametrize(
    "papers",
    [
        [(PDF, "ok.pdf"), (b"MZ\x00", "bad.pdf")],
        [(PDF, "ok.pdf"), (PDF, "virus.exe")],
        [(b"", "empty.txt")],
        [(PDF, f"{number}.pdf") for number in range(6)],
        [(b"x" * 5000, "large.txt")],
    ],
)
def test_one_that_cannot_be_taken_refuses_all_and_keeps_the_words(papers, as_, post, cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "file_bytes", 4000)
    before, rows = on_disk(), Post.select().count()
    pictures = {path for path in (current().data / "media").rglob("*") if path.is_file()}
    answer = send(
        post, as_("lin"), *(upload(raw, name) for raw, name in papers), media=[upload(photo())], body="这段话还在"
    )
    assert answer.status_code == 422
    assert "这段话还在" in typed(answer.text)
    assert 'id="composer-files-error"' in answer.text
    assert on_disk() == before and Post.select().count() == rows
    assert {path for path in (current().data / "media").rglob("*") if path.is_file()} == pictures


def test_the_same_form_sent_twice_makes_one_post_and_keeps_one_file(as_, post, cast):
    lin, before = as_("lin"), len(on_disk())
    first = send(post, lin, upload(PDF, "a.pdf"))
    again = send(post, lin, upload(PDF, "a.pdf"))
    assert first.location == again.location and len(on_disk()) == before + 1
    other = send(post, lin, upload(PDF + b"%%EOF", "a.pdf"))
    assert other.status_code == 409 and len(on_disk()) == before + 1


@pytest.mark.parametrize("who", ["ning", "suspended"])
def test_who_may_not_read_the_post_finds_no_file(who, as_, cast):
    for circle in (cast.darkroom, cast.desk):
        assert fetch(as_(who), f"/files/{cast.file_in(circle)}/x.txt").status_code == 404


def test_who_was_removed_finds_no_file(as_, cast):
    key = cast.file_in(cast.darkroom)
    che = as_("che")
    assert fetch(che, f"/files/{key}/x.txt").status_code == 200
    Membership.delete().where(Membership.circle == cast.darkroom, Membership.member == cast.che.id).execute()
    assert fetch(che, f"/files/{key}/x.txt").status_code == 404
    for wrong in ("0" * 32, "x", "%2e%2e"):
        assert fetch(che, f"/files/{wrong}/x.txt").status_code == 404


def test_what_waits_is_downloaded_by_its_author_and_by_who_decides(as_, post, cast):
    Screening.create(circle=cast.running, approval="all")
    assert send(post, as_("lin"), upload(PDF, "a.pdf")).status_code == 303
    waiting = Pending.get()
    paper = Attachment.get(Attachment.subject_kind == "pending", Attachment.subject_id == waiting.id)
    assert fetch(as_("lin"), link_of(paper)).status_code == 200
    assert fetch(as_("may"), link_of(paper)).status_code == 200
    assert fetch(as_("ning"), link_of(paper)).status_code == 404
    assert fetch(as_("owner"), link_of(paper)).status_code == 404


def test_files_go_with_their_post(as_, client, cast):
    row = cast.post_in(cast.running)
    paper = Attachment.get(Attachment.subject_kind == "post", Attachment.subject_id == row.id)
    path = current().data / "files" / paper.key[:2] / paper.key
    posting.delete_post(cast.lin.actor, cast.running.id, row.id)
    assert fetch(client, link_of(paper)).status_code == 404
    assert path.exists()
    clock.shift(30 * clock.DAY)
    erasing.purge_deleted()
    assert not path.exists() and not Attachment.select().where(Attachment.id == paper.id).exists()


def test_files_go_with_a_member_who_takes_their_words_along(cast):
    mine = list(Attachment.select().where(Attachment.uploader == cast.lin.id))
    assert mine
    personal.erase(cast.lin.id, keeps_words=False)
    assert not Attachment.select().where(Attachment.id.in_([row.id for row in mine])).exists()
    assert not [row for row in mine if (current().data / "files" / row.key[:2] / row.key).exists()]


def test_files_stay_nameless_with_words_that_stay(cast):
    key = cast.file_in(cast.running)
    personal.erase(cast.lin.id, keeps_words=True)
    assert Attachment.get(Attachment.key == key).uploader is None


def test_a_member_takes_their_files_with_them(cast):
    row = Export.create(member=cast.lin.id, asked_at=clock.now())
    exporting.build(row.id, "README", lambda percent: None)
    made = Export.get_by_id(row.id)
    with zipfile.ZipFile(exporting.folder() / made.file_name) as archive:
        name = f"files/{cast.file_in(cast.running)}/说明.txt"
        assert archive.read(name).decode() == "周三，七点半。"


def test_the_daily_sweep_takes_what_belongs_to_nothing(cast):
    kept = on_disk()
    lost = files.folder() / "ab" / ("ab" * 16)
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"x")
    row = Attachment.create(key="c" * 32, name="a.txt", kind="txt", size=1, created_at=0)
    sweep(Running(0))
    assert lost.exists()  # perhaps it is just being sent
    clock.shift(3 * clock.DAY)
    sweep(Running(0))
    assert on_disk() == kept
    assert not Attachment.select().where(Attachment.id == row.id).exists()


def test_the_doctor_misses_what_is_not_on_disk(cast):
    assert list(missing_files()) == []
    (next(iter(on_disk()))).unlink()
    assert len(list(missing_files())) == 1


def test_a_circle_of_another_file_is_no_door(cast):
    """Pictures and files are found by their own rows only."""
    assert not Picture.select().where(Picture.key == cast.file_in(cast.running)).exists()
    assert Circle.select().count() == 3
