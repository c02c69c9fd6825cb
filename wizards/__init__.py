from . import account_move_reversal
from . import ksef_send
