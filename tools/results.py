"""What a run of tests came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Results:
    """Counts of tests, and why the run is no success although no test failed."""

    passed: int = 0
    failed: int = 0
    complaints: tuple[str, ...] = ()

    def __add__(self, other: Results) -> Results:
        return Results(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            complaints=self.complaints + other.complaints,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"

    @property
    def is_success(self) -> bool:
        return not self.failed and not self.complaints and self.passed > 0
