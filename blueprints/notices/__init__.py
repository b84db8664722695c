from core.blueprint import Blueprint, declare_slot

bp = Blueprint("notices", title="Notices: what concerns a member, the bell, a summary by e-mail", needs=("accounts",))

declare_slot(
    "notices.row",
    "The words of notices. Things: core.notices.NoticeRow; answer with `told(…)` (components/told.html) by id, for "
    "those of your kinds that the actor may still see. What nobody words is not shown.",
)
declare_slot(
    "notices.summary",
    "Paragraphs of the summary that is sent by e-mail. Things: with `id` (the member's), `since` (ms since 1970); "
    "answer with plain text by id, or leave out who has nothing to be told.",
)
