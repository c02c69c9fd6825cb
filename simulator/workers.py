"""Work in the background, on threads that never keep the program from ending."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
Task = Callable[[], None]

_logger = logging.getLogger(__name__)


class Workers:
    """A fixed number of threads that take tasks in the order of their arrival."""

    def __init__(self, count: int) -> None:
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._count = count
        for number in range(count):
            name = f"worker-{number}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, task: Task) -> None:
        self._tasks.put(task)

    def stop(self) -> None:
        """The threads end after what they are doing now, and what was queued before."""
        for _ in range(self._count):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception:
                _logger.exception("a task failed")


def begin(make: Callable[[], T]) -> Future[T]:
    """Starts making something; `result()` waits for it."""
    future: Future[T] = Future()
    threading.Thread(target=_fulfil, args=(future, make), daemon=True).start()
    return future


def _fulfil(future: Future[T], make: Callable[[], T]) -> None:
    try:
        future.set_result(make())
    except Exception as error:  # the error belongs to whoever waits
        future.set_exception(error)
