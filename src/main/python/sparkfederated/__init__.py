"""The federated estimators for PySpark: pyspark.ml's own, but for what ``fit`` does.

Each takes the params of the pyspark.ml estimator of that name, as keywords or by its setters, and
``workerCol``, ``preset``, ``rounds``, ``aggregationMode``, ``minWorkers``, ``seed`` and ``settings``.
``fit`` returns pyspark.ml's model. The jar must be on the class path (``--jars``). Saved estimators are read by every language.
"""

import sys

from pyspark.ml import classification, regression
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReader
from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "FederatedGeneralizedLinearRegression",
    "FederatedLinearRegression",
    "FederatedLinearSVC",
    "FederatedLogisticRegression",
    "FederatedSummary",
]


_JAVA_PACKAGE = "io.sparkfed.spark"

# PySpark looks for the Python class of a saved Java one in the module of the Java class's package.
sys.modules[_JAVA_PACKAGE] = sys.modules[__name__]


def _param(name, doc, converter):
    return Param(Params._dummy(), name, doc, typeConverter=converter)


class FederatedSummary:
    """How a fit went. ``rounds`` and ``statistics`` are DataFrames."""

    def __init__(self, java, session):
        self._java = java
        self._session = session

    @staticmethod
    def of(model):
        """The summary of the fit that made this model of pyspark.ml; None where it is not known."""
        session = SparkSession.active()
        found = session._jvm.io.sparkfed.spark.FederatedSummary.of(model._java_obj)
        return FederatedSummary(found.get(), session) if found.isPresent() else None

    def _frame(self, java):
        return DataFrame(java, self._session)

    @property
    def rounds(self):
        return self._frame(self._java.rounds())

    @property
    def statistics(self):
        return self._frame(self._java.statistics())

    @property
    def goodnessOfFit(self):
        return dict(self._java.goodnessOfFit())

    @property
    def workers(self):
        return list(self._java.workers())

    @property
    def skipped(self):
        return dict(self._java.skipped())

    @property
    def notes(self):
        return list(self._java.notes())

    @property
    def placement(self):
        return self._java.placement()

    @property
    def preset(self):
        return self._java.preset()


class _Federated:
    """What makes an estimator of pyspark.ml the federated one of the same params."""

    workerCol = _param("workerCol", "column that says whose row it is", TypeConverters.toString)
    preset = _param("preset", "how to train: auto, or a preset", TypeConverters.toString)
    rounds = _param("rounds", "most rounds (>= 1)", TypeConverters.toInt)
    aggregationMode = _param(
        "aggregationMode", "how updates become sums", TypeConverters.toString
    )
    minWorkers = _param(
        "minWorkers", "least number of workers of a sum (>= 2)", TypeConverters.toInt
    )
    seed = _param("seed", "seed of everything random", TypeConverters.toInt)
    settings = _param(
        "settings", "further keys of a configuration: key=value", TypeConverters.toListString
    )

    def __init__(self, **params):
        super().__init__()
        self._java_obj = self._new_java_obj(_JAVA_PACKAGE + "." + type(self).__name__, self.uid)
        self._setDefault(
            preset="auto", aggregationMode="masked", minWorkers=3, seed=1, settings=[]
        )
        self._set(**params)

    def setParams(self, **params):
        return self._set(**params)

    def setWorkerCol(self, value):
        return self._set(workerCol=value)

    def setPreset(self, value):
        return self._set(preset=value)

    def setRounds(self, value):
        return self._set(rounds=value)

    def setAggregationMode(self, value):
        return self._set(aggregationMode=value)

    def setMinWorkers(self, value):
        return self._set(minWorkers=value)

    def setSeed(self, value):
        return self._set(seed=value)

    def setSettings(self, value):
        return self._set(settings=value)

    @classmethod
    def read(cls):
        return _Reader(cls)

    @property
    def hasSummary(self):
        return self._java_obj.hasSummary()

    @property
    def summary(self):
        """How the last fit of this estimator went; MLlib's tuning fits copies, see FederatedSummary.of."""
        return FederatedSummary(self._java_obj.summary(), SparkSession.active())


class _Reader(JavaMLReader):
    @classmethod
    def _java_loader_class(cls, clazz):
        return _JAVA_PACKAGE + "." + clazz.__name__


class FederatedLinearRegression(_Federated, regression.LinearRegression):
    """Linear regression; see pyspark.ml.regression.LinearRegression."""


class FederatedLogisticRegression(_Federated, classification.LogisticRegression):
    """Logistic regression; see pyspark.ml.classification.LogisticRegression."""


class FederatedLinearSVC(_Federated, classification.LinearSVC):
    """Linear support vector machine; see pyspark.ml.classification.LinearSVC."""


class FederatedGeneralizedLinearRegression(
    _Federated, regression.GeneralizedLinearRegression
):
    """Generalised linear regression; see pyspark.ml.regression.GeneralizedLinearRegression."""
