"""What the rules of every capability draw: who acts, at which version, and what goes wrong."""

from hypothesis import strategies as st

from tests.machine.faults import Fault

USERS = st.sampled_from([0, 0, 0, 1, 2])
PRECONDITIONS = st.sampled_from(["none", "none", "current", "stale"])
_FEW = st.lists(st.sampled_from(Fault), min_size=1, max_size=4)
_MANY = st.builds(
    lambda before, fault, count: [*before, *[fault] * count],
    st.lists(st.just(Fault.NONE), max_size=1),
    st.sampled_from(Fault),
    st.sampled_from([2, 3, 4, 5, 60]),
)
FAULTS = st.one_of(st.just(()), st.just(()), _FEW, _MANY)
"""What goes wrong with the calls of one request: mostly nothing, something once, or the same until it gives up."""
