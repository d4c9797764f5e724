"""`python -m local` starts the system."""

from local.signals import end_on_signals

# The rest takes a second to import, and Ctrl-C must work by then.
end_on_signals()

from local.system import run  # noqa: E402

run()
