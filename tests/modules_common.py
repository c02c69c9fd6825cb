"""Tests of what only another module brings."""

from unittest import SkipTest


class ModulesMixin:
    @classmethod
    def need_module(cls, name):
        """Leave these tests to databases that have the module."""
        if not cls.env["ir.module.module"].search(
            [("name", "=", name), ("state", "=", "installed")]
        ):
            raise SkipTest(f"needs the module {name}")
