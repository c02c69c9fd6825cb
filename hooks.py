def post_init_hook(env):
    """Give taxes their FA(3) rate codes, and companies the KSeF that they work with already."""
    env["account.tax"]._ksef_set_rate_codes()
    env["res.company"]._ksef_prepare_takeover()
