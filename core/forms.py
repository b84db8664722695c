"""A request's form, read into clean values or into one message a field. WTForms underneath, limits from the table."""

from collections.abc import Iterable
from typing import Any, Self

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from core.errors import Invalid, Refusal
from core.hx import new_key, say
from core.limits import LIMITS
from core.plain import clean_body, clean_line
from core.reacting import LIKE


class _Words:
    """What WTForms itself says, in the reader's language."""

    sentences = {  # noqa: RUF012 - read only
        "Not a valid choice.": _l("Please choose one of the options."),
        "Invalid Choice: could not coerce.": _l("Please choose one of the options."),
        "Not a valid integer value.": _l("Please write a whole number."),
    }

    def gettext(self, text: str) -> str:
        return str(self.sentences.get(text, text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return one if count == 1 else many


class Base(Form):
    """A form whose fields take their words from the request. `refuse` puts an action's refusal beside its field."""

    class Meta:
        locales = False

        def get_translations(self, form: BaseForm) -> _Words:
            return _Words()

    @classmethod
    def posted(cls, **options: Any) -> Self:
        return cls(request.form, **options)

    def refuse(self, refusal: Refusal) -> None:
        """Show this refusal at the field it names, at the form's head when it names none that can be seen."""
        field = self._fields.get(getattr(refusal, "field", ""))
        if field is None or isinstance(field, HiddenField):
            self.form_errors.append(say(refusal))
        else:
            field.errors = [*field.errors, say(refusal)]


class Line(StringField):
    """One line of a person's text: trimmed, no control or invisible characters."""

    data: str

    def __init__(self, label: Any, *, limit: str, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit = LIMITS[limit]
        self.needed = required

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_line(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: BaseForm) -> None:
        check_length(self.data or "", self.limit, self.needed)


class Text(TextAreaField):
    """Several lines. The limit counts characters, or bytes where its name ends in `_bytes`."""

    data: str

    def __init__(self, label: Any, *, limit: str, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit = LIMITS[limit]
        self.in_bytes = limit.endswith("_bytes")
        self.needed = required

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_body(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: BaseForm) -> None:
        text = self.data or ""
        if self.in_bytes and len(text.encode()) > self.limit:
            raise ValidationError(str(_l("This is too long. At most %(most)s kB fit.")) % {"most": self.limit // 1024})
        check_length(text, self.limit, self.needed)


def check_length(text: str, most: int, needed: bool) -> None:
    """Raises ValidationError in the reader's language."""
    if needed and not text.strip():
        raise ValidationError(str(_l("Please fill this in.")))
    if len(text) > most:
        sentence = str(_l("This is %(over)s characters too long. At most %(most)s fit."))
        raise ValidationError(sentence % {"over": len(text) - most, "most": most})


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select or radio field, from value and label."""
    return [SelectChoice(value, label) for value, label in pairs]


class Key(HiddenField):
    """The idempotency key of a form that creates something; a fresh one where none was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default=new_key, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0][: LIMITS["key"] + 1] if valuelist else ""


# ---- buttons ------------------------------------------------------------------------------------------------


def on_or_off() -> bool:
    """What a switch was set to. Raises Invalid unless the form says 1 or 0."""
    value = request.form.get("on")
    if value not in ("0", "1"):
        raise Invalid("choice", field="on")
    return value == "1"


def reaction() -> tuple[bool, int]:
    """Whether to react, and how: `kind` alone is a reaction of that kind, `on` alone a like. Raises Invalid."""
    kind = request.form.get("kind")
    if kind is None:
        return on_or_off(), LIKE
    if not kind.isdecimal() or len(kind) > 2:
        raise Invalid("choice", field="kind")
    return on_or_off() if "on" in request.form else True, int(kind)
