"""Writes curves.csv, to 50 digits with mpmath, and replays traces.json with fractions.

accounting.csv was made with dp-accounting 0.6.0 (columns rdp, order, pld), Balle and Wang's formula
and a minimization over real orders in mpmath. traces.json holds what a sampler written from the paper
(arXiv 2004.00010) asked of its source, and the answers: replay() below is another one.
"""
import json
from fractions import Fraction
from math import isqrt
from pathlib import Path

from mpmath import exp, findroot, log, log1p, mp, mpf, ncdf, sqrt

mp.dps = 50
here = Path(__file__).parent


def phi_upper(t):
    return mp.erfc(t / sqrt(2)) / 2


def delta(mu, eps):
    return phi_upper(eps / mu - mu / 2) - exp(eps) * phi_upper(eps / mu + mu / 2)


def epsilon(rho, dlt):
    bound = log(1 / dlt)
    low, high = mpf(10) ** -30, mp.expm1(bound)
    for _ in range(400):
        x = sqrt(low * high)
        low, high = (x, high) if rho * x * x + log1p(x) <= bound else (low, x)
    a = 1 + low
    return rho * a + log(1 - 1 / a) - log(a * dlt) / (a - 1)


def rows():
    for mu in ("1e-3", "0.05", "0.247", "1", "2", "10", "60"):
        for eps in ("0", "0.01", "0.5", "1", "4", "30", "800"):
            value = delta(mpf(mu), mpf(eps))
            if value > mpf(10) ** -300:
                yield "delta", mu, eps, value
    for mu in ("1e-3", "0.0117", "0.247", "1", "5"):
        yield "advantage", mu, "", 2 * ncdf(mpf(mu) / 2) - 1
    for rho in ("1e-9", "5e-7", "0.0004", "0.03", "0.3", "1", "50", "1e4"):
        for dlt in ("0.1", "1e-3", "1e-5", "1e-9", "1e-100"):
            value = epsilon(mpf(rho), mpf(dlt))
            if value > 0:
                yield "epsilon", rho, dlt, value


def replay(variance, calls):
    asked = iter(calls)

    def below(m):
        bound, answer = next(asked)
        assert int(bound) == m, (bound, m)
        return int(answer)

    def coin(p):
        return below(p.denominator) < p.numerator

    def small(g):
        k = 1
        while coin(g / k):
            k += 1
        return k % 2 == 1

    def exp_minus(g):
        while g > 1:
            if not small(Fraction(1)):
                return False
            g -= 1
        return small(g)

    t = isqrt(variance.numerator // variance.denominator) + 1

    def laplace():
        while True:
            u = below(t)
            if not exp_minus(Fraction(u, t)):
                continue
            v = 0
            while small(Fraction(1)):
                v += 1
            sign = below(2)
            if sign and u + t * v == 0:
                continue
            return -(u + t * v) if sign else u + t * v

    def sample():
        while True:
            y = laplace()
            if exp_minus((abs(y) - variance / t) ** 2 / (2 * variance)):
                return y

    return [sample() for _ in range(5)]


for trace in json.loads((here / "traces.json").read_text()):
    values = replay(Fraction(trace["variance"]), trace["calls"])
    assert values == [int(v) for v in trace["values"]], values

with open(here / "curves.csv", "w") as out:
    out.write("curve,x,y,value\n")
    for curve, x, y, value in rows():
        out.write(f"{curve},{x},{y},{mp.nstr(value, 17)}\n")
