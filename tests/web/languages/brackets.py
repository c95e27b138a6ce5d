"""A language that puts each text of the page in brackets: what stands without them is English.

Also finds such texts in an open page.
"""

from playwright.sync_api import Page

from aesplugin.web.languages.language import Language, languages
from aesplugin.web.languages.po_file import Message

CODE = "qaa"  # reserved for local use: no browser knows it
_OPEN, _CLOSE = "⟦", "⟧"


def bracketed() -> Language:
    """The language, with the texts that are translated into German."""
    (head, *messages) = languages()["de"].messages
    return Language(CODE, "Brackets", (head, *map(_bracketed, messages)))


def _bracketed(message: Message) -> Message:
    if message.context is not None:  # a separator, the form of a date
        return Message(message.context, message.source, None, {0: message.source})
    forms = [message.source] if message.plural is None else [message.source, message.plural]
    made = {n: f"{_OPEN}{form}{_CLOSE}" for n, form in enumerate(forms)}
    return Message(None, message.source, message.plural, made, message.files)


def english_in(page: Page, data: str) -> list[str]:
    """Texts and labels of the page with letters outside of brackets, `data` (a pattern) left out.

    An element that says by `lang` that it is English may be.
    """
    found: list[str] = page.evaluate(_FIND, [_OPEN, _CLOSE, data])
    return found


_FIND = r"""
([open, close, data]) => {
  const known = new RegExp(data, "g");
  let depth = 0;
  const outside = (text) => {
    let rest = "";
    for (const letter of text) {
      if (letter === open) depth++;
      else if (letter === close) depth--;
      else rest += depth ? " " : letter;
    }
    return rest.replace(known, " ");
  };
  const found = [];
  const note = (text, element) => {
    if (!/\p{L}/u.test(outside(text))) return;
    found.push(`${text.trim()} in ${element.outerHTML.slice(0, 160)}`);
  };
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const isOther = element.closest('script, style, noscript, [lang="en"], option[lang]');
    if (!isOther) note(walker.currentNode.data, element);
  }
  const named = ["aria-label", "title", "placeholder", "alt", "data-confirm", "hx-confirm"];
  for (const element of document.querySelectorAll("*")) {
    for (const name of named) {
      depth = 0;
      if (element.hasAttribute(name)) note(element.getAttribute(name), element);
    }
  }
  return found;
}
"""
