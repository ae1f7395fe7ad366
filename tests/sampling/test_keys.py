from itertools import product

import pytest

from margincarlo.errors import ScenarioError
from margincarlo.sampling.keys import Use, bits, digest, whole


def test_no_two_keys_share_a_stream():
    names = ["a", "b", "ab", "utilization", "chat.input_tokens", ""]
    keys = list(product([0, 1, 2, 1 << 32, 1 << 200], names, range(8), range(6)))
    drawn = {bits(seed, name, Use.DRAWS, r, c).random_raw() for seed, name, r, c in keys}
    scrambles = {bits(seed, name, Use.SCRAMBLE, r).random_raw() for seed, name, r, _ in keys}
    assert len(drawn) == len(keys)
    assert len(scrambles) == len(keys) // 6
    assert drawn.isdisjoint(scrambles)


def test_a_key_always_gives_the_same_bits():
    again = bits(0, "a", Use.DRAWS, 0, 0).random_raw(4)
    assert (bits(0, "a", Use.DRAWS, 0, 0).random_raw(4) == again).all()


def test_the_hash_of_a_name_never_changes():
    assert digest("utilization") == 0x9069A96651555BD442A78D3A1FB6CFAB


def test_zero_is_a_seed_and_minus_one_is_not():
    assert whole(0, "seed", least=0) == 0
    with pytest.raises(ScenarioError, match=r"seed must be .* at least 0, not -1; raise it"):
        whole(-1, "seed", least=0)
