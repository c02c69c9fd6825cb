"""Hides what `l10n_pl_edi` shows, when a view is read.

An inheriting view would break with its next fix: names of its own are looked for instead.
"""

from lxml import etree

PREFIX = "l10n_pl_edi"
NODES = etree.XPath(
    "//*[starts-with(@name, $prefix) or starts-with(@name, concat('action_', $prefix))"
    " or starts-with(@for, $prefix) or starts-with(@id, concat($prefix, '_'))"
    " or contains(@invisible, $prefix)]"
)
COLUMNS = etree.XPath("//field[starts-with(@name, $prefix)]")


def hide_nodes(arch, flag):
    """Make nodes of `l10n_pl_edi` in a form invisible while the field `flag` is set."""
    nodes = NODES(arch, prefix=PREFIX)
    for node in nodes:
        condition = node.get("invisible")
        node.set("invisible", f"{flag} or ({condition})" if condition else flag)
    if nodes and not arch.xpath("//field[@name=$flag]", flag=flag):
        arch.append(etree.Element("field", name=flag, invisible="1"))


def hide_columns(arch):
    """Make columns of `l10n_pl_edi` in a list invisible."""
    for node in COLUMNS(arch, prefix=PREFIX):
        node.set("column_invisible", "True")
