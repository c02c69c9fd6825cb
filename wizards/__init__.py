from . import ksef_send
