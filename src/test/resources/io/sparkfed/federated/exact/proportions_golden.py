"""Grouped binomial data and what statsmodels says of them: proportions.csv, proportions_golden.csv.

The response is the pair (successes, failures), which is R's glm(share ~ ..., binomial, weights =
trials). Made with statsmodels 0.15.0 and NumPy 2. Run in this folder.
"""

import numpy as np
import statsmodels.api as sm

rng = np.random.default_rng(20)
rows = 45
x1 = np.round(rng.normal(size=rows), 3)
x2 = np.round(rng.normal(3.0, 2.0, size=rows), 3)
offset = np.round(rng.uniform(-0.5, 0.5, size=rows), 3)
trials = rng.integers(0, 40, size=rows)
trials[:6] = [0, 1, 1, 2, 300, 5]
mean = 1.0 / (1.0 + np.exp(-(0.4 - 0.8 * x1 + 0.2 * x2 + offset)))
successes = rng.binomial(trials, mean)
successes[5] = 5
share = np.where(trials > 0, successes / np.maximum(trials, 1), 0.0)
with open("proportions.csv", "w") as out:
    out.write("x1,x2,offset,trials,share\n")
    for row in zip(x1, x2, offset, trials, share):
        out.write(",".join(repr(float(value)) for value in row) + "\n")

used = trials > 0
design = sm.add_constant(np.column_stack([x1, x2])[used], prepend=False)
pairs = np.column_stack([successes, trials - successes])[used]
with open("proportions_golden.csv", "w") as out:
    out.write("case,name,value\n")
    for case, given in (("plain", None), ("offset", offset[used])):
        family = sm.families.Binomial()
        fit = sm.GLM(pairs, design, family=family, offset=given).fit(tol=1e-14, maxiter=100)
        values = {
            "deviance": fit.deviance,
            "nullDeviance": fit.null_deviance,
            "logLikelihood": fit.llf,
            "aic": fit.aic,
            "residualDegrees": fit.df_resid,
            "nullDegrees": len(pairs) - 1,
        }
        for j, name in enumerate(["x1", "x2", "(Intercept)"]):
            values["estimate " + name] = fit.params[j]
            values["error " + name] = fit.bse[j]
            values["p " + name] = fit.pvalues[j]
        for name, value in values.items():
            out.write(f"{case},{name},{float(value)!r}\n")
