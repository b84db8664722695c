from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "title_400": _l("That did not make sense to us"),
    "title_401": _l("Please sign in"),
    "title_403": _l("Not open to you"),
    "title_404": _l("Nothing here"),
    "title_405": _l("That is not how this works"),
    "title_408": _l("That took too long"),
    "title_409": _l("Something changed meanwhile"),
    "title_413": _l("That is too large"),
    "title_414": _l("That address is too long"),
    "title_415": _l("That kind of content cannot be read here"),
    "title_416": _l("That part does not exist"),
    "title_422": _l("Something needs another look"),
    "title_429": _l("A short pause, please"),
    "title_431": _l("The browser sent too much"),
    "title_500": _l("Something broke on our side"),
    "title_503": _l("Back in a moment"),
    "http_400": _l("The request could not be understood. Go back and try once more."),
    "http_401": _l("Sign in, and you can go on where you were."),
    "http_403": _l("This page or action is not open to your account."),
    "http_404": _l("The page does not exist, or it is not meant for you. Perhaps the link is old."),
    "http_405": _l("This address cannot be used in that way. Start again from the page that led you here."),
    "http_408": _l("The request took too long to arrive. Try again, perhaps with fewer or smaller pictures."),
    "http_409": _l("Someone was faster, or this was sent before. Reload the page to see how it stands now."),
    "http_413": _l("What you sent is larger than this site takes. Try fewer or smaller pictures."),
    "http_414": _l("Open the page again from a link or a menu instead."),
    "http_415": _l("Send it as a form, or as one of the kinds of pictures that are named there."),
    "http_416": _l("The browser asked for a part that the file does not have. Reload the page."),
    "http_422": _l("What you sent could not be taken as it is."),
    "http_429": _l("That was a lot at once. Please try again in a little while."),
    "http_431": _l("Remove this site's cookies in your browser's settings, then sign in again."),
    "http_500": _l("It is not your fault, and it has been noted. Please try again in a moment."),
    "http_503": _l("The site cannot answer just now. Please try again in a moment."),
    "csrf": _l("This page had been open for too long. Please go back, reload it and send it once more."),
    "origin": _l("This was sent from another site, so nothing was done."),
    "suspended": _l("Your account is suspended, so this is not open to you at the moment."),
    "leaving": _l("Your account is about to be closed. Change your mind in the settings to use it again."),
    "key": _l("The form's key is too long. Reload the page and send it once more."),
    "key_reused": _l("This form was already sent with other content. Check that it arrived before sending it again."),
    "setting_empty": _l("Please fill this in."),
    "setting_long": _l("This is too long. At most %(most)s characters fit."),
    "choice": _l("Please choose one of the options."),
})

audit.words({
    "site.set_up": _l("Site set up"),
    "site.backup": _l("Backup made"),
})
