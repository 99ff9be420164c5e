"""Writes design.tsv: for each formula the columns that patsy (1.0.3) makes of it over the rows in
rows(), each by its name, as it is called here, and a sum over the rows.
pip install patsy numpy pandas; python design.py > design.tsv

patsy puts terms with numbers behind all others, and R (and this project) sorts by the number of
variables alone; so each table holds its columns in an order of its own, and is compared as a set."""
import re

import numpy as np
import pandas as pd
from patsy import dmatrix

FORMULAS = """
1
x
a
a + b
a:b
a*b
a + a:b
b + a:b
x + a:x
a:x
a*x
a/b
a/x
b %in% a
(a + b + x)^2
(a + b + x)^2 - a:b
(a + b + c)^3 - a:b:c
a*b*c
a:b:c
a + b:c
a:b + a:c
0 + a
0 + a + b
0 + a:b
0 + a + a:x
0 + x
0 + a:x
a*b - 1
a + 0
x + z + x:z
x*z + a:z
log(z)
log(z) + a:log(z) + I(x^2)
I((x + z)/2) + sqrt(z):b
exp(-z) + abs(x):a + log1p(z^2)
log10(z) + log2(z) + expm1(x) + sin(x) + cos(x) + tan(x)
I(-x^2) + I(2^-z) + I(x - (z - 1)) + I(1/z/2)
(a + b)/x
a*b + c:x + a:x
x:z:a + b
a + b + c + x + z - b - x
(a + x)^2 - x
a:b:x + a:x
`odd name` + a:`odd name`
""".strip().splitlines()


def rows():
    n = 48
    i = np.arange(n)
    return {
        "a": np.array(["p", "q", "r"])[i % 3],
        "b": np.array(["u", "v"])[i // 3 % 2],
        "c": np.array(["k", "l"])[i // 6 % 2],
        "x": (i * 7 % 13 - 6) / 4.0,
        "z": (i * 5 % 17 + 1) / 8.0,
        "odd name": (i * 11 % 19) / 2.0,
    }


def translated(formula):
    text = formula.replace("^", "**").replace("`odd name`", 'Q("odd name")')
    for name in ["log", "sqrt", "exp", "abs", "log1p", "log10", "log2", "expm1", "sin", "cos", "tan"]:
        text = re.sub(r"\b" + name + r"\(", "np." + name + "(", text)
    match = re.fullmatch(r"(\w+) %in% (\w+)", text)
    return match.group(1) + ":" + match.group(2) if match else text


def called(name):
    name = re.sub(r"\[(T\.)?(\w+)\]", r"_\2", name).replace("np.", "").replace("**", "^")
    return name.replace('Q("odd name")', "odd name").replace(" ", "").replace("Intercept", "1")


data = pd.DataFrame(rows())
weights = np.arange(1, 49) / 48.0
for formula in FORMULAS:
    design = dmatrix(translated(formula), data)
    columns = np.asarray(design)
    names = design.design_info.column_names
    entries = []
    for j, name in enumerate(names):
        entries.append(called(name))
        entries.append(repr(float(np.sum(weights * columns[:, j] ** 2 + weights**2 * columns[:, j]))))
    print(formula, *entries, sep="\t")
