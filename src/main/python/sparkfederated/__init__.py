"""The federated estimators for PySpark: pyspark.ml's own, but for what ``fit`` does.

Each takes the params of the pyspark.ml estimator of that name, as keywords or by its setters, and
``workerCol``, ``preset``, ``rounds``, ``aggregationMode``, ``minWorkers``, ``seed`` and ``settings``,
and, to hide rows, ``privacyEpsilon``, ``privacyDelta``, ``featureBounds``, ``labelBounds``,
``privacyRows`` and ``intervalsShare``.
``fit`` returns pyspark.ml's model. The jar must be on the class path (``--jars``), that of the
server for Spark Connect. Saved estimators are read by every language.
"""

import sys
import uuid

from pyspark.ml import classification, regression
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReader
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.utils import is_remote

__all__ = [
    "FederatedGeneralizedLinearRegression",
    "FederatedLinearRegression",
    "FederatedLinearSVC",
    "FederatedLogisticRegression",
    "FederatedSummary",
]


_JAVA_PACKAGE = "io.sparkfed.spark.ml"

# PySpark looks for the Python class of a saved Java one in the module of the Java class's package.
sys.modules[_JAVA_PACKAGE] = sys.modules[__name__]


def _param(name, doc, converter):
    return Param(Params._dummy(), name, doc, typeConverter=converter)


class FederatedSummary:
    """How a fit went. ``rounds`` and ``statistics`` are DataFrames."""

    def __init__(self, tables):
        self._tables = tables

    @staticmethod
    def of(model):
        """The summary of the fit that made this model of pyspark.ml; None where it is not known."""
        if is_remote():
            return getattr(model, "_federatedSummary", None)
        session = SparkSession.active()
        found = session._jvm.io.sparkfed.spark.ml.FederatedSummary.of(model._java_obj)
        return FederatedSummary(_JavaTables(found.get(), session)) if found.isPresent() else None

    def _rows(self, table):
        return self._tables.table(table).collect()

    @property
    def rounds(self):
        return self._tables.table("rounds")

    @property
    def statistics(self):
        return self._tables.table("statistics")

    @property
    def figures(self):
        """The model's metrics, with the deviation of what noise does to them."""
        return self._tables.table("figures")

    @property
    def goodnessOfFit(self):
        return {row["name"]: row["value"] for row in self._rows("goodness")}

    @property
    def privacy(self):
        """What the fit released cost; empty where sums were exact."""
        return {row["name"]: row["value"] for row in self._rows("privacy")}

    @property
    def releases(self):
        return self._tables.table("releases")

    @property
    def workers(self):
        return [row["worker"] for row in self._rows("cohort") if row["skipped"] is None]

    @property
    def skipped(self):
        rows = self._rows("cohort")
        return {row["worker"]: row["skipped"] for row in rows if row["skipped"] is not None}

    @property
    def notes(self):
        return [row["note"] for row in self._rows("notes")]

    @property
    def placement(self):
        return self._rows("fit")[0]["placement"]

    @property
    def preset(self):
        return self._rows("fit")[0]["preset"]

    @property
    def reason(self):
        """Why ``preset="auto"`` chose that one; empty where the preset was named."""
        return self._rows("fit")[0]["reason"]


class _JavaTables:
    """The tables of a summary in this driver."""

    def __init__(self, java, session):
        self._java = java
        self._session = session

    def table(self, name):
        return DataFrame(self._java.table(name), self._session)


class _SummaryTable(JavaTransformer):
    """A table of the summary of a fit that a Spark Connect server made."""

    fit = _param("fit", "uid of the estimator that was fitted", TypeConverters.toString)
    what = _param("table", "what to tell", TypeConverters.toString)

    def __init__(self, fit, table):
        super().__init__()
        self._java_obj = self._new_java_obj(_JAVA_PACKAGE + ".FederatedSummaryTable", self.uid)
        self._paramMap[self.fit] = fit
        self._paramMap[self.what] = table


class _RemoteTables:
    """The tables of a summary that a Spark Connect server keeps as long as it keeps the model."""

    def __init__(self, fit, session):
        self._fit = fit
        self._session = session

    def table(self, name):
        return _SummaryTable(self._fit, name).transform(self._session.range(0))


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

    privacyEpsilon = _param(
        "privacyEpsilon", "how much a fit may tell of one row (> 0)", TypeConverters.toFloat
    )
    privacyDelta = _param(
        "privacyDelta", "the chance that more is told, in (0, 1)", TypeConverters.toFloat
    )
    featureBounds = _param(
        "featureBounds", "[low, high] that features are cut to", TypeConverters.toListFloat
    )
    labelBounds = _param(
        "labelBounds", "[low, high] that labels are cut to", TypeConverters.toListFloat
    )
    privacyRows = _param(
        "privacyRows", "the public number of training rows (>= 1)", TypeConverters.toInt
    )
    intervalsShare = _param(
        "intervalsShare", "part of the budget for intervals, in [0, 1)", TypeConverters.toFloat
    )

    _remoteSummary = None

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

    def setPrivacyEpsilon(self, value):
        return self._set(privacyEpsilon=value)

    def setPrivacyDelta(self, value):
        return self._set(privacyDelta=value)

    def setFeatureBounds(self, value):
        return self._set(featureBounds=value)

    def setLabelBounds(self, value):
        return self._set(labelBounds=value)

    def setPrivacyRows(self, value):
        return self._set(privacyRows=value)

    def setIntervalsShare(self, value):
        return self._set(intervalsShare=value)

    @classmethod
    def read(cls):
        if not is_remote():
            return _Reader(cls)
        # PySpark names the Java class after the Python class's module.
        return super().read.__func__(type(cls.__name__, (cls,), {"__module__": _JAVA_PACKAGE}))

    def copy(self, extra=None):
        copied = super().copy(extra)
        copied._remoteSummary = None
        return copied

    def _fit(self, dataset):
        if not is_remote():
            return super()._fit(dataset)
        sent = self.copy()
        if not sent.getOrDefault("settings"):
            sent.clear(sent.settings)
        # A server knows fits by the estimator's uid: one of its own for each. Not by _resetUid, which
        # renames the owner of the params that copies share.
        sent.uid = f"{self.uid}_{uuid.uuid4().hex[:12]}"
        model = super(_Federated, sent)._fit(dataset)._resetUid(self.uid)
        model._federatedSummary = FederatedSummary(_RemoteTables(sent.uid, dataset.sparkSession))
        self._remoteSummary = model._federatedSummary
        return model

    @property
    def hasSummary(self):
        return self._remoteSummary is not None if is_remote() else self._java_obj.hasSummary()

    @property
    def summary(self):
        """How the last fit of this estimator went; MLlib's tuning fits copies, see FederatedSummary.of."""
        if not is_remote():
            session = SparkSession.active()
            return FederatedSummary(_JavaTables(self._java_obj.summary(), session))
        if self._remoteSummary is None:
            raise RuntimeError(f"{self.uid} has no summary: it has not been fitted")
        return self._remoteSummary


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
    """Generalized linear regression; see pyspark.ml.regression.GeneralizedLinearRegression."""
