"""Rows of three classes and statsmodels' multinomial logit of them: mnlogit.csv, mnlogit_golden.csv.

Coefficients are relative to class 0, those of class 1 first. Made with statsmodels 0.15.0 and
NumPy 2. Run in this folder.
"""

import numpy as np
import statsmodels.api as sm

rng = np.random.default_rng(21)
rows = 240
x1 = np.round(rng.normal(size=rows), 3)
x2 = np.round(rng.normal(30.0, 4.0, size=rows), 3)
scores = np.column_stack([np.zeros(rows), 0.5 + 0.8 * x1, -3.0 - 0.6 * x1 + 0.1 * x2])
y = np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)
with open("mnlogit.csv", "w") as out:
    out.write("x1,x2,y\n")
    for row in zip(x1, x2, y):
        out.write(",".join(repr(float(value)) for value in row) + "\n")

with open("mnlogit_golden.csv", "w") as out:
    out.write("case,name,value\n")
    for case, columns in (("intercept", [x1, x2, np.ones(rows)]), ("none", [x1, x2])):
        fit = sm.MNLogit(y, np.column_stack(columns)).fit(
            method="newton", tol=1e-14, maxiter=100, disp=False
        )
        values = {"logLikelihood": fit.llf, "aic": fit.aic}
        if case == "intercept":
            values["nullDeviance"] = -2.0 * fit.llnull
            values["r2"] = fit.prsquared
        for k in (1, 2):
            for j, name in enumerate(["x1", "x2", "(Intercept)"][: len(columns)]):
                values[f"estimate {k} {name}"] = np.asarray(fit.params)[j, k - 1]
        for name, value in values.items():
            out.write(f"{case},{name},{float(value)!r}\n")
