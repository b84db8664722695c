from flask_babel import lazy_gettext as _l

from blueprints.polls.actions import PollDraft
from core.forms import Base, Key, Line, Text


class PollForm(Base):
    question = Line(_l("Question"), limit="polls_question")
    answers = Text(_l("Answers"), limit="polls_answers")
    key = Key()

    def draft(self) -> PollDraft:
        return PollDraft(self.question.data or "", tuple((self.answers.data or "").splitlines()))
