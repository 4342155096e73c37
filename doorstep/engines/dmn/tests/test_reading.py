"""A file from anywhere is read, or refused with its place: never run away, never reached out."""

from __future__ import annotations

import pytest

from doorstep.engines.dmn.api import VERSIONS, read_model
from doorstep.engines.dmn.tests.drawn import SPACE, decision, formula, given, table, xml
from doorstep.kit.errors import Problem, Problems

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="&b;"/>"""
REACHING = b"""<!DOCTYPE definitions [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="&file;"/>"""


def problems(content: bytes) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        read_model(content, file="a.dmn")
    return caught.value.problems


@pytest.mark.parametrize("space", VERSIONS)
def test_every_version_from_1_2_on_is_read(space: str) -> None:
    read = read_model(
        xml(given("Age", "number"), decision("Old", formula("Age > 64"), needs=["i_Age"]), space=space), file="a"
    )
    assert (read.version, [one.name for one in read.decisions.values()]) == (VERSIONS[space], ["Old"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (BOMB, "a document type"),
        (REACHING, "a document type"),
        (b"", "this is not XML: no element found"),
        (b"rules: x", "this is not XML"),
        (b"<definitions/>", "this is no DMN 1.2 to 1.6: its root is <definitions> of no namespace"),
        (xml(space="http://www.omg.org/spec/DMN/20151101/dmn.xsd"), "this is no DMN 1.2 to 1.6"),
        (b"<a>" * 61 + b"</a>" * 61, "nested more than 60 deep"),
        (b"<a>" + b"<b/>" * 100_001 + b"</a>", "more elements or attributes than a model needs"),
        (b"<a>" + b" " * 5_000_000 + b"</a>", "larger than 5,000,000 bytes"),
        (xml("<decision id='a'/>"), "a decision has no name"),
        (xml(decision("A", table(["1"], [["-", "1"]], hit="MOST"))), "the hit policy is not known"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "this is not XML"),
        (xml(given("Age", "number"), given("Age", "number")), "the id 'i_Age' stands twice"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_model_is_refused_with_its_place(content: bytes, what: str) -> None:
    found = problems(content)[0]
    assert what in found.what
    assert found.place.file == "a.dmn"


def test_a_file_that_was_cut_off_anywhere_is_refused() -> None:
    whole = xml(
        given("Age", "number"), decision("Fee", table(["Age"], [["< 18", "1"], [">= 18", "2"]]), needs=["i_Age"])
    )
    read_model(whole, file="a.dmn")
    for end in range(len(whole) - 1):
        assert "this is not XML" in problems(whole[:end])[0].what


def test_names_are_read_with_one_blank_and_prefixes_of_types_left_out() -> None:
    named = '<inputData id="i" name="  Full\n  Name "><variable name="Full Name" typeRef="feel:string"/></inputData>'
    (one,) = read_model(xml(named), file="a").inputs.values()
    assert (one.name, one.type) == ("Full Name", "string")


def test_elements_of_other_namespaces_are_no_logic() -> None:
    odd = (
        '<decision id="d" name="A"><x:literalExpression xmlns:x="urn:x"><text>1</text></x:literalExpression></decision>'
    )
    (one,) = read_model(xml(odd, space=SPACE), file="a").decisions.values()
    assert type(one.box).__name__ == "Nothing"
