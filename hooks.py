def post_init_hook(env):
    """Give the taxes of Polish charts that were loaded before us their FA(3) rate codes."""
    env["account.tax"]._ksef_set_rate_codes()
