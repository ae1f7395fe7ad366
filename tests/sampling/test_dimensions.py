import pytest

from margincarlo.errors import ScenarioError
from margincarlo.sampling import check_dimensions, dimension_of

KNOWN = {"utilization": 0, "batch": 7}


def test_a_known_name_has_its_own_dimension():
    assert dimension_of("batch", KNOWN) == 7


def test_any_other_name_has_a_stable_dimension_above_the_known_ones():
    assert dimension_of("chat.input_tokens", KNOWN) == 496
    assert dimension_of("chat.input_tokens", {}) == 496


def test_hashed_dimensions_fill_their_range():
    dealt = {dimension_of(f"input_{i}", KNOWN) for i in range(20_000)}
    assert dealt == set(range(256, 1024))


def collision() -> tuple[str, str]:
    """Return two unknown names with the same dimension, found as a user would: by bad luck."""
    owner: dict[int, str] = {}
    for name in (f"workload_{i}.output_tokens" for i in range(1000)):
        other = owner.setdefault(dimension_of(name, KNOWN), name)
        if other != name:
            return other, name
    raise AssertionError("1000 names in 768 dimensions must collide")


def test_two_unknown_names_in_one_dimension_are_refused_with_the_remedy():
    one, other = collision()
    with pytest.raises(ScenarioError, match="rename one") as caught:
        check_dimensions([one, "batch", other], KNOWN)
    assert repr(one) in str(caught.value)
    assert repr(other) in str(caught.value)


def test_the_name_to_change_is_never_a_known_one():
    clashing = {"cost": dimension_of("chat.input_tokens", {})}
    for names in (["cost", "chat.input_tokens"], ["chat.input_tokens", "cost"]):
        with pytest.raises(ScenarioError, match=r"such as 'chat\.input_tokens'"):
            check_dimensions(names, clashing)


def test_names_that_differ_in_dimension_pass_and_a_repeated_name_is_one_input():
    check_dimensions(["utilization", "batch", "chat.input_tokens", "batch"], KNOWN)
