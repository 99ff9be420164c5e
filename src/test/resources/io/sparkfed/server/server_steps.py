"""Makes server_steps.csv: the first three steps of each server optimizer.

Written from the papers, with deltas as they have them (end minus start), in decimals of 40 digits:
- FedAvg: McMahan et al., AISTATS 2017, algorithm 1; FedProx: the same server, Li et al., MLSys 2020
- FedAvgM: Hsu, Qi and Brown, 2019, section 4.3 (v <- beta v + delta, w <- w + eta v)
- FedAdagrad, FedAdam, FedYogi: Reddi et al., ICLR 2021, algorithm 2, from m = 0 and v = tau^2

Run: python3 server_steps.py > server_steps.csv
"""

from decimal import Decimal as D, getcontext

getcontext().prec = 40

START = [D("1"), D("-2"), D("0.5"), D("0")]
# One coefficient that always moves, one whose updates shrink, one that moves by less than tau, one that
# begins late.
DELTAS = [
    [D("0.5"), D("-4"), D("0.0001"), D("0")],
    [D("0.25"), D("-0.5"), D("-0.0002"), D("0")],
    [D("-1"), D("0.125"), D("0.0003"), D("2")],
]


def fed_avg(p):
    w = START
    for delta in DELTAS:
        w = [a + p["learning-rate"] * d for a, d in zip(w, delta)]
        yield w


def fed_avgm(p):
    w, v = START, [D(0)] * 4
    for delta in DELTAS:
        v = [p["momentum"] * a + d for a, d in zip(v, delta)]
        w = [a + p["learning-rate"] * b for a, b in zip(w, v)]
        yield w


def sign(x):
    return (x > 0) - (x < 0)


def adaptive(p, second):
    w, m, v = START, [D(0)] * 4, [p["tau"] ** 2] * 4
    for delta in DELTAS:
        m = [p["beta1"] * a + (1 - p["beta1"]) * d for a, d in zip(m, delta)]
        v = [second(a, d) for a, d in zip(v, delta)]
        w = [a + p["learning-rate"] * b / (c.sqrt() + p["tau"]) for a, b, c in zip(w, m, v)]
        yield w


def fed_adagrad(p):
    return adaptive(p, lambda v, d: v + d * d)


def fed_adam(p):
    return adaptive(p, lambda v, d: p["beta2"] * v + (1 - p["beta2"]) * d * d)


def fed_yogi(p):
    return adaptive(p, lambda v, d: v - (1 - p["beta2"]) * d * d * sign(v - d * d))


CASES = [
    ("fed-avg", fed_avg, {"learning-rate": "1"}),
    ("fed-avg", fed_avg, {"learning-rate": "0.5"}),
    ("fed-prox", fed_avg, {"learning-rate": "0.5"}),
    ("fed-avgm", fed_avgm, {"learning-rate": "1", "momentum": "0.9"}),
    ("fed-avgm", fed_avgm, {"learning-rate": "0.3", "momentum": "0"}),
    ("fed-adagrad", fed_adagrad, {"learning-rate": "0.1", "beta1": "0", "tau": "0.001"}),
    ("fed-adagrad", fed_adagrad, {"learning-rate": "0.3", "beta1": "0.9", "tau": "1e-8"}),
    ("fed-adam", fed_adam, {"learning-rate": "0.1", "beta1": "0.9", "beta2": "0.99", "tau": "0.001"}),
    ("fed-adam", fed_adam, {"learning-rate": "0.01", "beta1": "0.5", "beta2": "0", "tau": "1e-8"}),
    ("fed-yogi", fed_yogi, {"learning-rate": "0.1", "beta1": "0.9", "beta2": "0.99", "tau": "0.001"}),
    ("fed-yogi", fed_yogi, {"learning-rate": "0.01", "beta1": "0.9", "beta2": "0.5", "tau": "0.1"}),
]

print("preset,settings,round,w0,w1,w2,w3")
for name, steps, settings in CASES:
    text = " ".join(f"algorithm.server.{key}={value}" for key, value in settings.items())
    for number, w in enumerate(steps({key: D(value) for key, value in settings.items()}), 1):
        print(",".join([name, text, str(number)] + [f"{a:.25e}" if a else "0" for a in w]))
