"""Development and the demo: nothing to set, both sites on one port, SQLite unless told otherwise."""

from integrity.settings import env

env.load(production=False)

from .base import *  # noqa: E402, F403  the profile loads the environment first; base.py reads it

# The sign-in page lists the demo accounts; no other profile may say so.
DEMO_ACCOUNTS_SHOWN = True
# Made-up people on one's own machine have no second factor; production knows no such choice.
SECOND_FACTOR_REQUIRED = False
# Mail to made-up people is printed, not posted.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
