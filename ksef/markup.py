"""XML from elsewhere: no entities, no network, no DOCTYPE, no surprise."""

from __future__ import annotations

from lxml import etree

from .errors import BadAnswer


def parse_xml(content: bytes) -> etree._Element:
    """The root of a document; raises BadAnswer where it is not well-formed or has a DOCTYPE."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer("no XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadAnswer("XML with a DOCTYPE")
    return root
