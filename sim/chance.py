"""Chance: luck is a function of (seed, what, when, who, whom), not a stream.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) turns a counter of four 32-bit words (who, whom, when, what) and a
key of two (the seed) into four random words. Nothing is stored and nothing is consumed, so a draw does not depend on
how many draws came before it: a policy changes no luck that it does not touch, two scenarios with one seed differ by
the policy alone, and any quarter of any run can be replayed.

`what` is a decision, declared by a sentence; its code is the CRC of the sentence. `who` and `whom` are permanent
identities (uid) or, for several draws of one kind, their number. Identities have up to 48 bits: their upper 16 go into the
key, beside the upper word of the seed.
"""

from __future__ import annotations

import math
import zlib
from typing import NamedTuple

from sim.compiled import rule

MASK = 0xFFFFFFFF
DECISIONS: dict[int, str] = {}


class Now(NamedTuple):
    """The run's seed and the quarter, counted from the start of the burn-in."""

    seed: int
    t: int


def decision(sentence: str) -> int:
    """The code of a decision that luck takes part in. Raises ``ValueError`` when two sentences share a code."""
    code = zlib.crc32(sentence.encode())
    if DECISIONS.setdefault(code, sentence) != sentence:
        raise ValueError(f"decisions share a code, reword one: {sentence!r}, {DECISIONS[code]!r}")
    return code


HEIR = decision("which number an heir of somebody bears")


@rule
def philox(c0, c1, c2, c3, k0, k1):
    """Ten rounds of Philox4x32; words and result are integers below 2**32.

    A product may wrap around in 64-bit signed arithmetic; masking the shifted words makes that harmless.
    """
    for _ in range(10):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            ((p1 >> 32) & MASK) ^ c1 ^ k0,
            p1 & MASK,
            ((p0 >> 32) & MASK) ^ c3 ^ k1,
            p0 & MASK,
        )
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


@rule
def words(now, what, who, whom):
    """Four random words for one decision."""
    upper = ((int(who) >> 32) & 0xFFFF) << 16 | ((int(whom) >> 32) & 0xFFFF)
    return philox(
        int(who) & MASK,
        int(whom) & MASK,
        int(now.t) & MASK,
        int(what) & MASK,
        int(now.seed) & MASK,
        ((int(now.seed) >> 32) & MASK) ^ upper,
    )


@rule
def identity(now, way, number):
    """Identity of a newcomer: fixed by quarter (below 4,095), way of coming (below 16) and number (below 2**32)."""
    return ((now.t + 1) * 16 + way) * 4294967296 + number


@rule
def heir(now, way, whose):
    """Identity of a newcomer who comes from somebody: fixed by quarter, way of coming and that somebody's identity.

    Its number is drawn; that two of one quarter and way are equal has a chance of one in four billion a pair.
    """
    return identity(now, way, words(now, HEIR, whose, way)[0])


@rule
def unit(high, low):
    """Two words as a number strictly between 0 and 1, with 53 bits."""
    return ((high >> 5) * 67108864.0 + (low >> 6) + 0.5) / 9007199254740992.0


@rule
def uniform(now, what, who, whom):
    """A number between 0 and 1, both excluded."""
    a, b, _, _ = words(now, what, who, whom)
    return unit(a, b)


@rule
def uniform_pair(now, what, who, whom):
    """Two independent numbers between 0 and 1 from one block."""
    a, b, c, d = words(now, what, who, whom)
    return unit(a, b), unit(c, d)


@rule
def normal(now, what, who, whom):
    """A standard normal number (Box and Muller)."""
    a, b = uniform_pair(now, what, who, whom)
    return math.sqrt(-2.0 * math.log(a)) * math.cos(2.0 * math.pi * b)


@rule
def fat_tailed(now, what, who, whom):
    """A number of unit variance with Laplace tails, as price changes have."""
    a = uniform(now, what, who, whom) - 0.5
    return -math.copysign(1.0, a) * math.log(1.0 - 2.0 * abs(a)) / math.sqrt(2.0)


@rule
def happens(probability, now, what, who, whom):
    """Whether an event of this probability comes true."""
    return uniform(now, what, who, whom) < probability


@rule
def choose(number, now, what, who, whom):
    """One of ``number`` equally likely places, 0 to number - 1."""
    return min(number - 1, int(uniform(now, what, who, whom) * number))


@rule
def poisson(mean, now, what, who, whom):
    """A Poisson count by inversion; ``mean`` is below about 20 in this model."""
    if mean <= 0.0:
        return 0
    u = uniform(now, what, who, whom)
    term = math.exp(-mean)
    total = term
    count = 0
    while u > total and count < 200:
        count += 1
        term *= mean / count
        total += term
    return count


@rule
def sort_by_key(rows, keys, number):
    """Put the first ``number`` rows in the order of their keys, in place (heap sort); with drawn keys, a random order."""
    for start in range(number // 2 - 1, -1, -1):
        sift_down(rows, keys, start, number)
    for end in range(number - 1, 0, -1):
        rows[0], rows[end] = rows[end], rows[0]
        sift_down(rows, keys, 0, end)


@rule
def sift_down(rows, keys, place, end):
    """Let a row sink in the heap until no larger key lies below it."""
    row = rows[place]
    below = 2 * place + 1
    while below < end:
        if below + 1 < end and keys[rows[below + 1]] > keys[rows[below]]:
            below += 1
        if keys[rows[below]] <= keys[row]:
            break
        rows[place] = rows[below]
        place = below
        below = 2 * place + 1
    rows[place] = row
