"""An XMP packet as a tree: simple values and lists read and set in place, all else untouched."""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from lxml import etree

from aesplugin.errors import SidecarError
from aesplugin.sidecars.wrapping import Wrapping, unwrap

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML = "http://www.w3.org/XML/1998/namespace"
_XML_LANG = f"{{{_XML}}}lang"
_DESCRIPTION = f"{{{RDF}}}Description"
_ABOUT = f"{{{RDF}}}about"
_LI = f"{{{RDF}}}li"
_VALUE = f"{{{RDF}}}value"
_CONTAINERS = tuple(f"{{{RDF}}}{kind}" for kind in ("Bag", "Seq", "Alt"))
_EMPTY = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    " </rdf:RDF>\n"
    "</x:xmpmeta>\n"
)
# What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = etree._Element


class RdfTree:
    """The properties of one XMP packet, by Clark name (``{namespace}local``).

    A property may stand as an attribute or as an element, in any of the top descriptions:
    programs differ, and each form is left as it is.
    """

    def __init__(self, data: bytes | None, prefixes: Mapping[str, str]) -> None:
        """Parses `data` (None: a new packet); `prefixes` name the namespaces we add to it,
        our own first.

        Raises:
            SidecarError: malformed, truncated, hostile, or no XMP.
        """
        self._prefixes = dict(prefixes)
        self._own = next(iter(prefixes.values()))
        packet, self._wrapping = (_EMPTY, Wrapping()) if data is None else unwrap(data)
        self._tree = _parse(packet)
        root = self._tree.getroot()
        rdf = root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")
        if rdf is None:
            raise SidecarError("is XML but not XMP (it has no rdf:RDF)")
        self._rdf = rdf

    def to_bytes(self) -> bytes:
        """The packet in its own encoding, processing instructions and comments included."""
        packet = etree.tostring(self._tree, encoding="unicode")
        return self._wrapping.wrap(packet if packet.endswith("\n") else packet + "\n")

    def uses(self, namespace: str) -> bool:
        """Whether any property of `namespace` stands in the packet."""
        start = f"{{{namespace}}}"
        return any(
            str(name).startswith(start)
            for description in self._descriptions()
            for name in [*description.attrib, *(child.tag for child in description)]
        )

    def text(self, name: str) -> str | None:
        """A simple value, stripped; None where it is absent or empty."""
        for description in self._descriptions():
            value = description.get(name)
            if value is None and (element := description.find(name)) is not None:
                values = [_value(item) for item in _items(element) or [element]]
                value = next((text for text in values if text), None)
            if value is not None and value.strip():
                return value.strip()
        return None

    def set_text(self, name: str, value: str | None) -> None:
        """Sets a simple value where it stands, else adds it; None removes it."""
        if value is None:
            self._remove(name)
            return
        value = clean(value)
        for description in self._descriptions():
            if name in description.attrib:
                description.set(name, value)
                return
            if (element := description.find(name)) is not None:
                _plain(element).text = value
                return
        self._add(name).text = value

    def items(self, name: str) -> list[str]:
        """A list's entries (a plain value counts as a list of one)."""
        element = self._element(name)
        if element is None:
            value = self.text(name)
            return [] if value is None else [value]
        return [text for item in _items(element) or [element] if (text := _value(item))]

    def set_items(self, name: str, values: Sequence[str], *, kind: str = "Bag") -> None:
        """Replaces a list; an empty one is removed. For lists of ours only."""
        self._remove(name)
        if values:
            self.add_items(name, values, kind=kind)

    def add_items(self, name: str, values: Iterable[str], *, kind: str = "Bag") -> None:
        """Appends the entries that are not there yet; those there stay as they are."""
        present = set(self.items(name))
        new = [v for v in dict.fromkeys(clean(value) for value in values) if v not in present]
        if not new:
            return
        container = self._container(name, kind)
        for value in new:
            item = etree.SubElement(container, _LI)
            item.text = value
            _indent(container)

    def drop_items(self, name: str, values: Iterable[str]) -> None:
        """Removes these entries; a list that thereby has none left goes.

        One that carries a qualifier is not ours and stays.
        """
        element, gone = self._element(name), set(values)
        if element is None:
            return
        dropped = [i for i in _items(element) if not len(i) and (i.text or "").strip() in gone]
        for item in dropped:
            parent = item.getparent()
            assert parent is not None
            parent.remove(item)
        if dropped and not _items(element):
            self._remove(name)

    def set_default(self, name: str, value: str) -> None:
        """Sets the default of a text in several languages; the others stay."""
        container = self._container(name, "Alt")
        default = next((i for i in container if i.get(_XML_LANG) == "x-default"), None)
        if default is None:
            default = etree.Element(_LI, {_XML_LANG: "x-default"})
            default.tail = container.text
            container.insert(0, default)  # where readers that know no languages look
        _plain(default).text = clean(value)

    def copy_from(self, other: "RdfTree", name: str) -> None:
        """Makes a property what it is in `other`, languages and qualifiers included."""
        theirs = other._element(name)
        if theirs is None:
            self.set_text(name, other.text(name))
            return
        element = self._element(name)
        element = self._add(name) if element is None else element
        _empty(element)
        element.text = theirs.text
        element.attrib.update(theirs.attrib)
        element.extend(deepcopy(child) for child in theirs)

    def prune(self) -> None:
        """Removes descriptions that declare our namespace and hold nothing any more."""
        for description in self._descriptions():
            ours = self._own in description.nsmap.values()
            if ours and not len(description) and set(description.attrib) <= {_ABOUT}:
                self._rdf.remove(description)

    def _descriptions(self) -> list[Element]:
        return self._rdf.findall(_DESCRIPTION)

    def _element(self, name: str) -> Element | None:
        found = (description.find(name) for description in self._descriptions())
        return next((element for element in found if element is not None), None)

    def _container(self, name: str, kind: str) -> Element:
        element = self._element(name)
        if element is None:
            plain = self.text(name)  # a list written as an attribute
            self._remove(name)
            element = self._add(name)
            container = etree.SubElement(element, f"{{{RDF}}}{kind}")
            if plain is not None:
                etree.SubElement(container, _LI).text = plain
        else:
            holder = _holder(element)
            found = next((child for child in holder if child.tag in _CONTAINERS), None)
            if found is None:
                plain = _value(holder)
                holder = _plain(holder)
                holder.text = None
                found = etree.SubElement(holder, f"{{{RDF}}}{kind}")
                if plain:
                    etree.SubElement(found, _LI).text = plain
            container = found
        _indent(element)
        return container

    def _add(self, name: str) -> Element:
        """A new property, in the description that declares our own namespace."""
        home = next((d for d in self._descriptions() if self._own in d.nsmap.values()), None)
        if home is None:
            home = self._add_home()
        uri = str(etree.QName(name).namespace)
        prefix = next((p for p, u in self._prefixes.items() if u == uri), None)
        # lxml takes over a prefix that is in scope already for this namespace.
        element = etree.SubElement(home, name, nsmap={prefix: uri} if prefix else None)
        _indent(home)
        return element

    def _add_home(self) -> Element:
        first = next(iter(self._descriptions()), None)
        about = "" if first is None else first.get(_ABOUT, "")
        own = next(prefix for prefix, uri in self._prefixes.items() if uri == self._own)
        home = etree.SubElement(self._rdf, _DESCRIPTION, {_ABOUT: about}, nsmap={own: self._own})
        _indent(self._rdf)
        return home

    def _remove(self, name: str) -> None:
        for description in self._descriptions():
            description.attrib.pop(name, None)
            for element in description.findall(name):
                description.remove(element)


def clean(text: str) -> str:
    """`text` without what XML cannot hold (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _parse(packet: str) -> etree._ElementTree:
    if not packet.strip():
        raise SidecarError("is empty")
    if "<!DOCTYPE" in packet or "<!ENTITY" in packet:
        raise SidecarError("declares a document type, which is refused for safety")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(packet.encode(), parser).getroottree()
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = str(error).splitlines()[0] if str(error) else "no XML"
        raise SidecarError(f"is damaged ({line})") from None


def _items(element: Element) -> list[Element]:
    return [
        item
        for container in _holder(element)
        if container.tag in _CONTAINERS
        for item in container
        if item.tag == _LI
    ]


def _holder(element: Element) -> Element:
    """What holds a property's value: rdf:value where it carries qualifiers, else itself."""
    for path in (_VALUE, f"{_DESCRIPTION}/{_VALUE}"):
        if (found := element.find(path)) is not None:
            return found
    return element


def _value(element: Element) -> str:
    """The text of a property or an entry, in whatever form it stands; "" only where it is empty."""
    holder = _holder(element)
    text = "".join(map(str, holder.xpath("text()"))).strip()
    if text and not holder.xpath("*"):
        return text
    inner = holder.xpath(".//text()") if holder.xpath("*") else []
    outer = [value for at in holder.iter("*") for name, value in at.attrib.items() if _says(name)]
    return " ".join(word for part in [*inner, *outer] if (word := str(part).strip()))


def _says(attribute: str | bytes) -> bool:
    """Whether an attribute is part of what is said, rather than of how it is written."""
    name = etree.QName(attribute)
    return name.namespace not in (RDF, _XML) or name.localname in ("value", "resource")


def _plain(element: Element) -> Element:
    """Where a simple value can be set, emptied.

    Raises:
        SidecarError: the property is a structure, which a simple value would destroy.
    """
    holder = _holder(element)
    if any(child.tag not in _CONTAINERS for child in holder) or any(map(_says, holder.attrib)):
        raise SidecarError(
            f"holds {etree.QName(element).localname} in a form that cannot be edited"
        )
    _empty(holder)
    return holder


def _empty(element: Element) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _indent(parent: Element) -> None:
    """Puts the last child on a line of its own, indented as its siblings are."""
    children = list(parent)
    if not children:
        return
    last = children[-1]
    if len(children) > 1:
        before = children[-2]
        closing = before.tail
        before.tail = parent.text if _is_space(parent.text) else before.tail
        last.tail = closing
        return
    depth = sum(1 for _ in parent.iterancestors())
    if not parent.text or not parent.text.strip():
        parent.text = "\n" + " " * (depth + 1)
        last.tail = "\n" + " " * depth


def _is_space(text: str | None) -> bool:
    return bool(text) and not str(text).strip()
