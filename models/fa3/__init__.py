from . import builder  # isort: skip (the model; the others add to it)
from . import (
    annotations,
    checks,
    checks_amounts,
    checks_dates,
    checks_parties,
    checks_payment,
    checks_simplified,
    checks_taxes,
    conditions,
    dates,
    descriptions,
    lines,
    parties,
    payment,
    rows,
    settlement,
    third_parties,
    totals,
)
from . import (  # isort: skip (they build on all others)
    corrections_reading,
    corrections,
    advances,
    checks_corrections,
    checks_advances,
)
