from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.search import bp
from blueprints.search.queries import Question, Scope, Section, scope, search_for
from core import guard, hx, search
from core.blueprint import slot
from core.fragments import region
from core.limits import LIMITS
from core.plain import clean_line
from core.tokens import passage
from core.viewer import current_actor

bp.add_app_template_filter(passage)

REGIONS = {"results": "search/_results.html"}


@bp.get("/search", permission="search:use")
def index() -> Response:
    guard.limit("search.address")
    actor = current_actor()
    here = scope(actor, request.args.get("circle", "").strip())
    question = _question(here)
    sections = search_for(actor, question) if question.text else []
    shown = slot("search.results", actor, [hit for section in sections for hit in section.hits])
    if hx.target() == "older":
        return hx.fragment(*_more(question, here, sections, shown))
    lists = _lists(question, here, sections, shown)
    return hx.page("search/index.html", REGIONS, question=question, scope=here, **lists)


def _question(here: Scope | None) -> Question:
    before, kind = request.args.get("before", ""), request.args.get("kind", "")
    return Question(
        text=clean_line(request.args.get("q", ""))[: LIMITS["search_query"]],
        kind=kind if kind in {known.name for known in search.kinds()} else "",
        circle=here.id if here else None,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )


def _address(question: Question, here: Scope | None, **changes: Any) -> str:
    parts = {"q": question.text, "kind": question.kind, "circle": here.slug if here else ""} | changes
    return url_for("search.index", **{name: value for name, value in parts.items() if value not in ("", None)})


def _lists(
    question: Question, here: Scope | None, sections: list[Section], shown: dict[Any, list[str]]
) -> dict[str, Any]:
    return {
        "tabs": [_tab(question, here, "", _("All"))]
        + [_tab(question, here, kind.name, str(kind.title)) for kind in search.kinds()],
        "lists": [_list(question, here, section, shown) for section in sections],
        "everywhere": _address(question, None),
        "newest": _address(question, here) if question.before else None,
        "nothing": bool(question.text) and not sections,
    }


def _tab(question: Question, here: Scope | None, kind: str, label: str) -> dict[str, Any]:
    return {"url": _address(question, here, kind=kind), "label": label, "current": question.kind == kind}


def _list(
    question: Question, here: Scope | None, section: Section, shown: dict[Any, list[str]]
) -> dict[str, Any]:
    more = _address(question, here, kind=section.kind.name)
    main = section.kind.name == (question.kind or search.kinds()[-1].name)
    return {
        "kind": section.kind.name,
        "title": section.kind.title,
        "rows": [html for hit in section.hits for html in shown.get(hit, ())],
        "all": more if section.older and not main else None,
        "older": _address(question, here, before=section.older) if section.older and main else None,
    }


def _more(question: Question, here: Scope | None, sections: list[Section], shown: dict[Any, list[str]]) -> list[str]:
    """Older rows of the main list, followed by the way to still older ones."""
    parts = [html for section in sections for hit in section.hits for html in shown.get(hit, ())]
    older = sections[-1].older if sections else None
    if older:
        parts.append(region("search/_older.html", url=_address(question, here, before=older)))
    return parts


