from __future__ import annotations

import re
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from tools import compact_schema

SCHEMAS = Path(__file__).parents[2] / "schemas"
XSD = compact_schema.XSD

# Elements, enumerated values and patterns of the official files; FA(3) with its base types.
OFFICIAL_COUNTS = {
    "fa3": (331, 328 + 257, 9 + 6),
    "upo": (28, 2, 6),
    "auth": (13, 2, 8),
}
AUTH_REQUEST = (
    '<AuthTokenRequest xmlns="http://ksef.mf.gov.pl/auth/token/2.1">'
    "<Challenge>20260302-CR-0123456789-ABCDEF0123-4D</Challenge>"
    "<ContextIdentifier>{}</ContextIdentifier>"
    "<SubjectIdentifierType>certificateSubject</SubjectIdentifierType>"
    "</AuthTokenRequest>"
)
BASE = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:b="urn:base"
            targetNamespace="urn:base">
  <xsd:include schemaLocation="codes.xsd"/>
  <xsd:simpleType name="Unused"><xsd:restriction base="xsd:string"/></xsd:simpleType>
  <xsd:simpleType name="Code"><xsd:restriction base="b:Letters">
    <xsd:maxLength value="3"/></xsd:restriction></xsd:simpleType>
  <xsd:complexType name="Pair"><xsd:sequence>
    <xsd:element name="One" type="xsd:string"/></xsd:sequence></xsd:complexType>
</xsd:schema>"""
CODES = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:base">
  <xsd:simpleType name="Letters"><xsd:restriction base="xsd:token">
    <xsd:pattern value="^[A-Z]+$"/></xsd:restriction></xsd:simpleType>
</xsd:schema>"""
MAIN = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:b="urn:base" xmlns:t="urn:main"
            targetNamespace="urn:main" elementFormDefault="qualified">
  <xsd:import namespace="urn:base" schemaLocation="http://example.invalid/a/base%2Exsd"/>
  <xsd:annotation><xsd:documentation>prose</xsd:documentation></xsd:annotation>
  <xsd:element name="Root" type="b:{}"/>
</xsd:schema>"""


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    (tmp_path / "base.xsd").write_text(BASE)
    (tmp_path / "codes.xsd").write_text(CODES)
    return [tmp_path / "base.xsd", tmp_path / "codes.xsd"]


def write_main(folder: Path, type_name: str) -> Path:
    path = folder / "main.xsd"
    path.write_text(MAIN.format(type_name))
    return path


@pytest.mark.parametrize("name", OFFICIAL_COUNTS)
def test_shipped_schema_has_no_prose(name: str) -> None:
    root = etree.parse(SCHEMAS / f"{name}.xsd").getroot()
    assert not list(root.iter(f"{XSD}annotation", etree.Comment))


@pytest.mark.parametrize("name", OFFICIAL_COUNTS)
def test_shipped_schema_fetches_nothing(name: str) -> None:
    root = etree.parse(SCHEMAS / f"{name}.xsd").getroot()
    assert not list(root.iter(f"{XSD}import", f"{XSD}include", f"{XSD}redefine"))
    assert "schemaLocation" not in (SCHEMAS / f"{name}.xsd").read_text("utf-8")


@pytest.mark.parametrize("name", OFFICIAL_COUNTS)
def test_shipped_schema_keeps_every_declaration(name: str) -> None:
    root = etree.parse(SCHEMAS / f"{name}.xsd").getroot()
    kinds = ("element", "enumeration", "pattern")
    counts = tuple(len(list(root.iter(f"{XSD}{kind}"))) for kind in kinds)
    assert counts == OFFICIAL_COUNTS[name]


@pytest.mark.parametrize("name", OFFICIAL_COUNTS)
def test_shipped_schema_compiles_in_both_validators(name: str) -> None:
    etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd"))
    assert xmlschema.XMLSchema(str(SCHEMAS / f"{name}.xsd"), allow="local").built


@pytest.mark.parametrize(
    "context",
    [
        "<Nip>5265877635</Nip>",
        "<InternalId>5265877635-12343</InternalId>",
        "<NipVatUe>5265877635-DE123456789</NipVatUe>",
        "<PeppolId>PPL123456</PeppolId>",
    ],
)
def test_login_request_takes_every_kind_of_context(context: str) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "auth.xsd"))
    schema.assertValid(etree.fromstring(AUTH_REQUEST.format(context)))


def test_login_request_refuses_the_anchors_as_letters() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "auth.xsd"))
    request = AUTH_REQUEST.format("<PeppolId>^PPL123456$</PeppolId>")
    assert not schema.validate(etree.fromstring(request))


def test_used_types_come_in_with_what_they_are_derived_from(
    tmp_path: Path, sources: list[Path]
) -> None:
    text = compact_schema.compact(write_main(tmp_path, "Code"), sources)
    assert re.findall(rb'simpleType name="(\w+)"', text) == [b"b_Code", b"b_Letters"]
    schema = etree.XMLSchema(etree.fromstring(text))
    assert schema.validate(etree.fromstring('<Root xmlns="urn:main">ABC</Root>'))
    assert not schema.validate(etree.fromstring('<Root xmlns="urn:main">ABCD</Root>'))
    assert not schema.validate(etree.fromstring('<Root xmlns="urn:main">abc</Root>'))


def test_complex_type_of_another_namespace_is_refused(tmp_path: Path, sources: list[Path]) -> None:
    with pytest.raises(compact_schema.SchemaError, match="Pair is not a simple type"):
        compact_schema.compact(write_main(tmp_path, "Pair"), sources)


def test_missing_import_is_named(tmp_path: Path, sources: list[Path]) -> None:
    with pytest.raises(compact_schema.SchemaError, match=r"base%2Exsd is imported"):
        compact_schema.compact(write_main(tmp_path, "Code"), sources[1:])
