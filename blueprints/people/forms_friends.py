"""What is filled in about friends."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from blueprints.people.queries_friends import ListRow
from core.forms import Base, Line, options


class AskForm(Base):
    words = Line(_l("A few words"), limit="friend_words", required=False)
    met = HiddenField()


class NotesForm(Base):
    """What a member notes about a friend for themselves."""

    alias = Line(_l("Your name for them"), limit="friend_alias", required=False)
    lists = SelectMultipleField(_l("Lists of friends"), coerce=int, option_widget=CheckboxInput())

    def offer(self, lists: Iterable[ListRow]) -> None:
        self.lists.choices = options((row.id, row.name) for row in lists)


class ListForm(Base):
    name = Line(_l("Name of the list"), limit="friend_list")
