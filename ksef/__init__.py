"""The protocol of KSeF 2.0 (Krajowy System e-Faktur) in plain Python.

Nothing in this package knows Odoo. It never sleeps, never translates, never logs a body or a
secret, and never repeats by itself a request that sends an invoice.
"""
