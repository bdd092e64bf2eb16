"""The mother of those who read mails: `python -m intake.mail.apart`, started by intake/apart/children.py."""

from __future__ import annotations

import sys

from intake.apart.mother import serve
from intake.mail.apart.work import prepared

if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), prepared)
