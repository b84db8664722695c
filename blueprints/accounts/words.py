from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "wrong_sign_in": _l("This name and password do not belong together. Check both, or ask for a new password."),
    "demo_elsewhere": _l("Demo accounts open only on the computer that the site runs on, at a local address. "
                         "The command “flask remove-demo” removes them."),
    "wrong_password": _l("This is not your current password."),
    "password_short": _l("Please use at least %(least)s characters. A short sentence is good."),
    "password_common": _l("This is one of the first passwords that others would try. Please use another one."),
    "name_shape": _l("Use 3 to 30 small letters, digits, Chinese characters, “-” or “_”, and a letter or digit at "
                     "both ends."),
    "name_control": _l("This contains something that cannot be seen. Please type it again."),
    "name_compat": _l("This contains letters in an unusual form. Please type it with plain letters."),
    "name_script": _l("This mixes alphabets that look alike. Please use one of them."),
    "name_combining": _l("There are too many marks on one letter."),
    "name_reserved": _l("This name is kept for the site itself. Please choose another one."),
    "name_taken": _l("This name, or one that looks just like it, is taken. Please choose another one."),
    "display_name_shape": _l("A name has 1 to 40 characters."),
    "email_shape": _l("This does not look like an e-mail address. It should be like name@example.org."),
    "email_same": _l("This is already your address."),
    "email_taken": _l("This address belongs to another account by now, so nothing was changed."),
    "invitation": _l("This invitation code does not work, or not any more. Ask whoever invited you for another one."),
    "registration_closed": _l("This site takes no new members at the moment."),
    "link": _l("This link does not work. Perhaps a part of it got lost on the way."),
    "link_used": _l("This link has been used, or its time is over. Ask for a new one."),
    "last_site_owner": _l("You are the only owner of this site. Make somebody else an owner before you leave."),
})  # fmt: skip

audit.words({
    "account.register": _l("Registered"),
    "account.ask_address": _l("Asked for another e-mail address"),
    "account.confirm_address": _l("E-mail address confirmed"),
    "account.remove_address": _l("E-mail address removed"),
    "account.change_password": _l("Password changed"),
    "account.reset_link": _l("Link to a new password made"),
    "account.reset_password": _l("New password set with a link"),
    "account.sign_out_device": _l("Signed out on one device"),
    "account.sign_out_elsewhere": _l("Signed out on the other devices"),
    "account.sign_out_everywhere": _l("Signed out everywhere"),
    "account.export": _l("Copy of the data asked for"),
    "account.ask_to_leave": _l("Asked to leave"),
    "account.stay": _l("Decided to stay"),
    "account.erase": _l("Account erased"),
    "staff.make_owner": _l("Made owner of the site"),
})
