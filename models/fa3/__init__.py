from . import builder  # isort: skip (the model; the others add to it)
from . import (
    annotations,
    checks,
    checks_amounts,
    checks_parties,
    checks_taxes,
    descriptions,
    parties,
    payment,
    rows,
    totals,
)
