"""What the limits table and the rates learn from this blueprint; each name begins with its own."""

from core.limits import Rate, add_limits

add_limits(
    "polls",
    {"polls_question": 140, "polls_option": 80, "polls_answers": 600, "polls_options": 6, "polls_page": 20},
    {"polls.open": Rate(10, 3600), "polls.vote": Rate(120, 300)},
)
