from flask_babel import lazy_gettext as _l

from blueprints.wallet import words_payments  # noqa: F401 - its sentences
from core import audit
from core.hx import words

words({
    "title_overdrawn": _l("There is not enough in it"),
    "overdrawn": _l("There is not enough in the wallet for this. Nothing was moved."),
    "title_money_stopped": _l("Money stands still for the moment"),
    "money_stopped": _l("No money moves on this site at the moment, since the books are being looked at. What you have "
                        "is written down and stays yours. Please try again later."),
    "frozen": _l("This wallet is frozen, so nothing leaves it. Its page says who froze it and what to do."),
    "pin_needed": _l("For this amount your payment PIN is needed."),
    "day_out": _l("That would be more than may leave your wallet in one day. The limits of your wallet say how much "
                  "that is."),
    "money_pause": _l("You paid something just now. Please wait a moment and send it once more."),
    "balance_full": _l("The wallet that this goes to cannot take that much more. Nothing was moved."),
    "amount": _l("Please write an amount, such as 12 or 12.50."),
    "amount_fine": _l("At most %(decimals)s digits after the point can be paid."),
    "amount_zero": _l("Please write an amount above zero."),
    "amount_large": _l("This amount is larger than anything that can be paid."),
    "pin_shape": _l("A payment PIN has six digits."),
    "pin_easy": _l("This is one of the first PINs that others would try. Please choose another one."),
    "pin_differs": _l("The two PINs are not the same. Please type them once more."),
    "pin_wrong": _l("This is not your payment PIN. Tries left: %(left)s."),
    "pin_locked": _l("The payment PIN is locked, since it was wrong too often. Wait %(minutes)s minutes, or set a new "
                     "one with your password."),
    "pin_unset": _l("You have no payment PIN yet. Set one on the page of your wallet, then send this again."),
    "not_your_friend": _l("Money can be sent to friends. Become friends first, then send it."),
    "nobody_called": _l("Nobody by this name is here."),
    "limit_password": _l("To raise a limit again, type your password as well."),
    "setting_number": _l("Please write a whole number from %(least)s to %(most)s."),
    "limit_higher": _l("You can only set this lower than the site does."),
    "desk_takes_two": _l("For this amount the cash desk takes two people. Somebody else has to decide about it."),
    "desk_own": _l("For this amount nobody at the cash desk decides about their own wallet."),
    "order_decided": _l("Somebody has decided about this meanwhile. The page shows how it stands now."),
    "payout_waits": _l("You already asked for a payout. It has to be decided or taken back before you ask again."),
    "frozen_by_staff": _l("The people who run this site froze this wallet, so only they can open it again."),
    "books_wrong": _l("The books still do not add up, so money stays where it is."),
    "nothing_left": _l("There is nothing in this wallet."),
    "tip_self": _l("This is your own. Tips are for others."),
    "tip_off": _l("Whoever this is from takes no tips at the moment."),
    "tips_day": _l("That would be more than you can give in tips in one day. Tomorrow there is room again."),
    "tips_count": _l("You have given %(most)s tips today, which is the most for one day. Tomorrow you can give more."),
    "tip_settled": _l("A tip can be taken back for five seconds. This one is theirs now."),
    "tip_large": _l("This is more than can be given in tips in one day."),
})  # fmt: skip

audit.words({
    "wallet.limits": _l("Limits on money changed"),
    "wallet.issue": _l("Money issued at the cash desk"),
    "wallet.withdraw": _l("Money withdrawn at the cash desk"),
    "wallet.payout": _l("Payout from the cash desk"),
    "wallet.ask": _l("Asked for at the cash desk"),
    "wallet.refuse": _l("Refused at the cash desk"),
    "wallet.take_back": _l("Request to the cash desk taken back"),
    "wallet.freeze": _l("Wallet frozen"),
    "wallet.thaw": _l("Wallet opened again"),
    "wallet.look": _l("Wallet looked at"),
    "wallet.stop": _l("All money halted"),
    "wallet.resume": _l("Money moves again"),
    "wallet.set_pin": _l("Payment PIN set"),
    "wallet.donate": _l("Rest of a wallet left to the site"),
})
