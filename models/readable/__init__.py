from . import ksef_readable
from . import ir_actions_report
from . import account_move
from . import ksef_submission
