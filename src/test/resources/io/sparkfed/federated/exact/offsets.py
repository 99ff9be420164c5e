"""Generalised linear models whose offsets, weights or labels are far from 0, by statsmodels.

Writes offsets-rows.csv (case, worker, x, y, offset) and offsets.csv (the fits). Run where it stands.
"""

import csv
import numpy as np
import statsmodels
import statsmodels.api as sm

FAMILIES = {
    "LOGISTIC": sm.families.Binomial(),
    "POISSON": sm.families.Poisson(),
    "GAMMA": sm.families.Gamma(sm.families.links.Log()),
    "LINEAR": sm.families.Gaussian(),
}


def cases():
    x = np.tile(np.arange(1.0, 6.0), 3)
    w = np.repeat(["a", "b", "c"], 5)
    yield "binary", "LOGISTIC", w, x, np.array([0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0.0]), np.full(15, 3.0)
    y = np.array([2.0, 2.9, 3.6, 5.5, 6.1, 1.7, 3.1, 3.9, 4.7, 7.0, 2.3, 2.4, 4.2, 5.1, 5.7])
    o = np.array([-5.1, -4.9, -5, -5.2, -4.8, -5, -5.1, -4.9, -5, -5, -5, -5, -5, -5, -5.3])
    yield "positive", "GAMMA", w, x, y, o
    rng = np.random.default_rng(7)
    x = np.round(rng.normal(size=60), 3)
    w = np.tile(["a", "b", "c"], 20)
    spread = np.round(rng.normal(size=60), 3)
    for mean in (-10.0, -7.0, -5.0, -3.0, 3.0, 5.0, 14.0):
        o = mean + spread
        eta = 0.4 - mean + 0.8 * x + o
        for name, family, labels in (
            ("binary", "LOGISTIC", rng.binomial(1, 1 / (1 + np.exp(-eta)))),
            ("counts", "POISSON", rng.poisson(np.exp(eta))),
            ("positive", "GAMMA", np.round(rng.gamma(2.0, np.exp(eta) / 2.0) + 0.001, 4)),
            ("any", "LINEAR", np.round(eta + rng.normal(size=60), 4)),
        ):
            yield f"{name}{mean:+.0f}", family, w, x, labels.astype(float), o


def main():
    with open("offsets-rows.csv", "w", newline="") as rows, open("offsets.csv", "w", newline="") as fits:
        rows, fits = (csv.writer(f, lineterminator="\n") for f in (rows, fits))
        rows.writerow(["case", "worker", "x", "y", "offset"])
        fits.writerow(["case", "family", "x", "intercept", "errorOfX", "deviance", "nullDeviance"])
        for case, family, w, x, y, o in cases():
            for row in zip([case] * len(x), w, x, y, o):
                rows.writerow([row[0], row[1]] + [repr(float(v)) for v in row[2:]])

            def fit(design, start):
                model = sm.GLM(y, design, family=FAMILIES[family], offset=o)
                return model.fit(start_params=start, maxiter=500, tol=1e-14)

            # The mean label less the offset, by the link, is a start that IRLS converges from.
            level = -o.mean() + (FAMILIES[family].link(y.mean()) if family != "LINEAR" else y.mean())
            full = fit(np.column_stack([x, np.ones_like(x)]), [0.0, level])
            null = fit(np.ones((len(x), 1)), [level])
            fits.writerow([case, family] + [repr(float(v)) for v in (*full.params, full.bse[0], full.deviance, null.deviance)])
    print("statsmodels", statsmodels.__version__)


main()
