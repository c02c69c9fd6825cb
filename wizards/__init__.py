from . import account_move_reversal
from . import ksef_correction
from . import ksef_correction_drafts
from . import ksef_correction_line
from . import ksef_certificate_load
from . import ksef_number_import
from . import ksef_send
from . import ksef_send_problem
