"""What the tests take for a person's number: found alone and in groups, not inside a hash or an id."""

import hashlib
import uuid

from tests.numbers import numbers_in


def test_a_number_is_found_alone_and_in_groups_and_never_inside_a_hash():
    assert numbers_in("NIK 3171010101010001, lalu 3171 0101.0101 0002.") == ["3171010101010001", "3171 0101.0101 0002"]
    digests = [hashlib.sha256(str(one).encode()).hexdigest() for one in range(20_000)]
    assert sum("3171" in one for one in digests) > 10, "four digits stand in hashes by chance"
    assert numbers_in("\n".join(digests)) == []
    assert numbers_in("\n".join(str(uuid.UUID(one[:32])) for one in digests)) == []
