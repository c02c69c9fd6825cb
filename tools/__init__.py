"""The house around the addon: what ``./dev`` does. Nothing here is part of the product.

Standard library only, for it runs before anything is installed. Four modules run later, under
the interpreter of the environment that ``install`` makes: ``embedded`` (PostgreSQL), ``catalogue``
(translations), ``certificate`` and ``demo`` (inside Odoo's shell).
"""
