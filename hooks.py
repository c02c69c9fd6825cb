def post_init_hook(env):
    pass
