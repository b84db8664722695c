"""The catalogues of translations/: one way to keep them, for people and for the tests.

    .venv/bin/python dev/translate.py update    take up new and changed sentences, drop those that are gone
    .venv/bin/python dev/translate.py compile   write the .mo files that the site reads
    .venv/bin/python dev/translate.py check     say what is missing or wrong; exit 1 when something is
    .venv/bin/python dev/translate.py extract   print the English sentences as a .pot, for a translator's own program

Sentences are sorted, name their files without lines and carry no date: a catalogue changes only where a sentence does.
English stands in the source and has no catalogue. A folder behind the command means the catalogues of that blueprint
instead of the site's; it has a babel.cfg of its own.
"""

import io
import re
import sys
import tempfile
from collections.abc import Iterable
from contextlib import chdir
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("zh_Hans_CN", "zh_Hant_TW")
KEYWORDS = "_l lazy_gettext lazy_ngettext:1,2"
NOTES_TO_TRANSLATORS = "NOTE"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
HEADER = "# {language} of Quanzi. Kept with dev/translate.py."


def po_file(locale: str, root: Path = ROOT) -> Path:
    return root / "translations" / locale / "LC_MESSAGES" / "messages.po"


def extract(root: Path = ROOT) -> Catalog:
    """Every sentence that the source marks for translation, as babel.cfg says where to look."""
    with tempfile.TemporaryDirectory() as folder, chdir(root):
        pot = Path(folder, "messages.pot")
        options = ["-q", "extract", "-F", "babel.cfg", "-k", KEYWORDS, "-c", NOTES_TO_TRANSLATORS, "-s"]
        CommandLineInterface().run(["pybabel", *options, "-o", str(pot), "."])
        with pot.open("rb") as file:
            return read_po(file)


def read(locale: str, root: Path = ROOT) -> Catalog:
    path = po_file(locale, root)
    if not path.exists():
        return Catalog(locale=locale, domain="messages")
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain="messages")


def merged(locale: str, template: Catalog, root: Path = ROOT) -> Catalog:
    """The catalogue with the sentences of the source: translations are kept, nothing is guessed."""
    catalog = read(locale, root)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def _head(catalog: Catalog) -> dict[str, str]:
    return {
        "Language": str(catalog.locale),
        "Plural-Forms": f"nplurals={catalog.num_plurals}; plural={catalog.plural_expr};",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }


def as_po(catalog: Catalog) -> bytes:
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    language = catalog.locale.english_name if catalog.locale else ""
    head = [HEADER.format(language=language), 'msgid ""', 'msgstr ""']
    head += [f'"{name}: {value}\\n"' for name, value in _head(catalog).items()]
    return ("\n".join(head) + "\n\n").encode() + body.getvalue()


class Undated(Catalog):
    """Dates and names of tools in its head would change the file without a reason."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return list(_head(self).items())


def as_mo(catalog: Catalog) -> bytes:
    body = io.BytesIO()
    bare = Undated(locale=catalog.locale, domain="messages", fuzzy=False)
    for message in catalog:
        if message.id and not message.fuzzy:
            bare.add(message.id, message.string, context=message.context)
    write_mo(body, bare)
    return body.getvalue()


def placeholders(texts: str | Iterable[str]) -> set[str]:
    return {found for text in ([texts] if isinstance(texts, str) else texts) for found in PLACEHOLDER.findall(text)}


def faults_of(message: Message) -> Iterable[str]:
    """What is wrong with one translated sentence, in words."""
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    if not all(texts):
        yield "not translated"
        return
    if message.fuzzy:
        yield "marked fuzzy"
    if placeholders(texts) != placeholders(originals):
        yield "other placeholders than in English"
    if any(text != text.strip() for text in texts) and originals[0] == originals[0].strip():
        yield "begins or ends with a space"
    if any("！" in text or "!" in text for text in texts):
        yield "has an exclamation mark"


def check(root: Path = ROOT) -> list[str]:
    """One line for each fault; empty when the catalogues say all that the source does and are compiled."""
    template, faults = extract(root), []
    for locale in LOCALES:
        path = po_file(locale, root)
        catalog = merged(locale, template, root)
        for message in catalog:
            faults += [f"{locale}: {fault}: {message.id!r}" for fault in faults_of(message) if message.id]
        if not path.exists() or path.read_bytes() != as_po(catalog):
            faults.append(f"{locale}: messages.po is not what `dev/translate.py update` makes of it")
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != as_mo(catalog):
            faults.append(f"{locale}: messages.mo is not what `dev/translate.py compile` makes of messages.po")
    return faults


def update(root: Path = ROOT) -> None:
    template = extract(root)
    for locale in LOCALES:
        catalog = merged(locale, template, root)
        path = po_file(locale, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        waiting = sum(1 for message in catalog if message.id and not all(message.string or [""]))
        print(f"{locale}: {len(catalog)} sentences, {waiting} not translated")


def compile_all(root: Path = ROOT) -> None:
    for locale in LOCALES:
        po_file(locale, root).with_suffix(".mo").write_bytes(as_mo(read(locale, root)))


def main(arguments: list[str]) -> int:
    command, folder = (*arguments, "", "")[:2]
    root = Path(folder).resolve() if folder else ROOT
    match command:
        case "update":
            update(root)
        case "compile":
            compile_all(root)
        case "check":
            faults = check(root)
            print("\n".join(faults) or "The catalogues are complete.")
            return 1 if faults else 0
        case "extract":
            write_po(sys.stdout.buffer, extract(root), width=0, sort_output=True, include_lineno=False)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
