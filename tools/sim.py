"""The KSeF simulator alone; its base URL is the first line that it prints.

It listens on 127.0.0.1, keeps everything in memory and has new keys at each start.
"""

from __future__ import annotations

import argparse

from tools import environment, processes, server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="by default the kernel chooses one")
    parser.add_argument("--fast", action="store_true", help="no rate limits, no waiting")


def execute(options: argparse.Namespace) -> int:
    fast = ["--fast"] if options.fast else []
    return processes.attached(
        server.simulator_program(environment.python(), "--port", str(options.port), *fast)
    )
