"""`python -m simulator`: runs until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import threading

from .server import Simulator


def main() -> None:
    arguments = _parser().parse_args()
    try:
        simulator = Simulator(host=arguments.host, port=arguments.port, fast=arguments.fast)
    except (OSError, ValueError) as error:
        raise SystemExit(f"simulator: {error}") from error
    wanted_end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: wanted_end.set())
    print(simulator.start(), flush=True)
    wanted_end.wait()
    simulator.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="KSeF in miniature, on the loopback only."
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--fast", action="store_true", help="no request limits, short delays")
    return parser


if __name__ == "__main__":
    main()
