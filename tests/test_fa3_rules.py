"""The table of rules: each has a heading, a test, and all that people need to mend it."""

import ast
import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..models.fa3.rules import RULES

ROOT = Path(__file__).parents[1]
CODE = re.compile(r'"([EW]-[A-Z]{3}(?:-\d\d)?)"')

# Rules that need no code of their own, with the reason.
WITHOUT_RULE = {
    "E-ATT-01": "no document with Zalacznik is made: attachments are for suppliers of utilities, "
    "and need a registration in e-Urząd Skarbowy",
}
# Files that list the codes without being rules or tests of them
LISTS = ("rules.py", "test_fa3_rules.py")


def codes_in(*folders):
    texts = (file.read_text(encoding="utf-8") for name in folders for file in files_of(name))
    return {code for text in texts for code in CODE.findall(text)}


def files_of(folder):
    return (file for file in (ROOT / folder).rglob("*.py") if file.name not in LISTS)


@tagged("post_install", "-at_install")
class TestTableOfRules(TransactionCase):
    def test_every_rule_has_a_heading(self):
        self.assertEqual(codes_in("models", "ksef") - RULES.keys(), set())

    def test_every_heading_is_of_a_rule(self):
        self.assertEqual(RULES.keys() - codes_in("models", "ksef"), set(WITHOUT_RULE))

    def test_every_rule_has_a_test(self):
        self.assertEqual(RULES.keys() - codes_in("tests"), set(WITHOUT_RULE))

    def test_every_problem_has_all_its_parts(self):
        """A rule without remedy or record would leave people alone with it."""
        for place, call in self.calls():
            given = {keyword.arg for keyword in call.keywords}
            if getattr(call.func, "id", "") == "Problem":
                self.assertGreaterEqual(given, {"code", "record", "message", "remedy"}, place)
            elif getattr(call.func, "attr", "") == "_problem":
                self.assertGreaterEqual(given, {"code", "message", "remedy"}, place)

    def calls(self):
        for file in files_of("models"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{file.name}:{node.lineno}", node
