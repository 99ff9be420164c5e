"""Writes auc_golden.csv: scikit-learn's AUC of scores that AucGoldenTest makes in the same way.

python3 auc_golden.py > auc_golden.csv     (scikit-learn 1.5 or later)

Numbers come from a linear congruential generator, and all arithmetic is additions, products and
comparisons of doubles, so both languages have the same bits.
"""
import numpy as np
from sklearn.metrics import roc_auc_score

CASES = [  # name, rows, events expected, shift, scale, whether rows have weights
    ("rare", 60000, 14, -9.3, 1.5, 0),
    ("rare-weighted", 12000, 29, -9.3, 1.5, 1),
    ("near-zero", 6000, 600, -40.0, 2.0, 0),
    ("near-one", 6000, 600, 38.0, 0.5, 0),
    ("huge", 6000, 600, 0.0, 1e200, 0),
    ("tiny", 6000, 600, 0.0, 1e-200, 0),
    ("far", 6000, 600, 1e9, 1.0, 0),
    ("narrow", 6000, 600, 3.0, 1e-9, 0),
    ("usual", 6000, 2500, 0.3, 1.2, 0),
]


def uniforms(count, state):
    values = np.empty(count)
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values[i] = (state >> 11) * 2.0**-53
    return values


for number, (name, rows, events, shift, scale, weighted) in enumerate(CASES):
    u = uniforms(6 * rows, number).reshape(rows, 6)
    z = ((u[:, 0] + u[:, 1]) + (u[:, 2] + u[:, 3]) - 2.0) * 1.7320508075688772
    scores = shift + scale * z
    share = 1.0 + 0.5 * z
    labels = u[:, 4] < (events / rows) * (share * share)
    weights = np.floor(u[:, 5] * 3.0) + 0.5 if weighted else np.ones(rows)
    auc = roc_auc_score(labels, scores, sample_weight=weights)
    print(f"{name},{rows},{events},{shift!r},{scale!r},{weighted},{int(labels.sum())},{auc!r}")
