"""Writes formulas.tsv: fits of formulas by statsmodels (0.15.0, formulas by patsy 1.0.3) over the rows of
FormulaRows.java. A line has the key of the fit, its deviance and its null deviance, and then the name, the
coefficient and the standard error of each term.
pip install statsmodels patsy pandas; python formulas.py > formulas.tsv"""
import re

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

i = np.arange(120)
data = pd.DataFrame({
    "age": 30.0 + i * 7 % 41,
    "ldl": 1.0 + (i * 11 % 29) / 10.0,
    "sex": np.array(["f", "m"])[i * 5 // 3 % 2],
    "g": np.array(["1", "2", "3"])[(i // 2 + i // 7) % 3],
    "days": 10.0 + i * 13 % 90,
    "y": 20.0 + (i * 37 % 101) / 10.0 + (i * 7 % 41) / 8.0 + (i * 5 // 3 % 2) * 2.5,
    "flag": ((i * i * 31 + i * 7) % 11 < 5).astype(int),
    "count": i * i * 17 % 7,
})
complete = data[i % 10 != 3]

gaussian = sm.families.Gaussian()
binomial = sm.families.Binomial()
poisson = sm.families.Poisson()
gamma = sm.families.Gamma(sm.families.links.Log())
FITS = [
    ("products", "y ~ age + sex*np.log(ldl) + g:age", gaussian, None, data),
    ("cells", "flag ~ sex:g + I((age - 50)**2/100)", binomial, None, data),
    ("rates", "count ~ g + np.log(ldl)", poisson, "days", data),
    ("logs", "np.log(y) ~ 0 + g + ldl", gaussian, None, data),
    ("drop", "y ~ age + np.log(ldl) + g", gaussian, None, complete),
    ("mean", "y ~ 1", gaussian, None, data),
    ("share", "flag ~ 1", binomial, None, data),
    ("rate", "count ~ 1", poisson, "days", data),
    ("scale", "y ~ 1", gamma, None, data),
]


def called(name):
    name = re.sub(r"\[(T\.)?(\w+)\]", r"_\2", name).replace("np.", "").replace("**", "^")
    return ":".join(sorted(name.replace(" ", "").split(":")))


for key, formula, family, exposure, rows in FITS:
    offset = None if exposure is None else np.log(rows[exposure])
    fit = smf.glm(formula, rows, family=family, offset=offset).fit(tol=1e-14, maxiter=200)
    entries = [repr(float(fit.deviance)), repr(float(fit.null_deviance))]
    for name in fit.params.index:
        entries += [called(name), repr(float(fit.params[name])), repr(float(fit.bse[name]))]
    print(key, *entries, sep="\t")
