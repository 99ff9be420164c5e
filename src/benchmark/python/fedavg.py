"""Federated averaging of logistic regression in one process: what jobs/benchmark whole compares with.

fedavg.py FOLDER ROUNDS BATCH STEP: each subfolder of FOLDER holds the csv files of a worker. Prints the
seconds of each part and the coefficients, as one object.
"""

import time

launched = time.monotonic()

import glob
import json
import os
import sys

import numpy as np
import pandas as pd


def load(folder):
    table = pd.concat(
        [pd.read_csv(name) for name in sorted(glob.glob(os.path.join(folder, "*.csv")))],
        ignore_index=True,
    )
    labels = table.pop("label").to_numpy()
    return np.ascontiguousarray(table.to_numpy()), labels


def epoch(model, features, labels, random, batch, step):
    """One pass of mini-batch gradient descent on the mean loss of a batch."""
    order = random.permutation(len(labels))
    for at in range(0, len(order), batch):
        chosen = order[at : at + batch]
        x = features[chosen]
        error = 1.0 / (1.0 + np.exp(-(x @ model[:-1] + model[-1]))) - labels[chosen]
        model[:-1] -= step / len(chosen) * (error @ x)
        model[-1] -= step / len(chosen) * error.sum()
    return model


def main():
    folder, rounds, batch, step = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    started = time.monotonic()
    workers = [load(os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
    loaded = time.monotonic()
    weights = np.array([len(labels) for _, labels in workers], dtype=float)
    weights /= weights.sum()
    random = np.random.default_rng(1)
    model = np.zeros(workers[0][0].shape[1] + 1)
    for _ in range(rounds):
        local = [epoch(model.copy(), x, y, random, batch, step) for x, y in workers]
        model = sum(weight * each for weight, each in zip(weights, local))
        # As ours does: each round's model is evaluated.
        for x, y in workers:
            scores = x @ model[:-1] + model[-1]
            np.logaddexp(0.0, np.where(y > 0.5, -scores, scores)).mean()
    trained = time.monotonic()
    print(
        json.dumps(
            {
                "start": started - launched,
                "load": loaded - started,
                "train": trained - loaded,
                "intercept": model[-1],
                "coefficients": model[:-1].tolist(),
            }
        )
    )


main()
