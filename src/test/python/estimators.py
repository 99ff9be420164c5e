"""Fits the estimators from PySpark: JAR on --jars and --py-files, or

    spark-submit --jars JAR --py-files JAR src/test/python/estimators.py

or as a client of a Spark Connect server that has JAR on --jars:

    SPARK_REMOTE=sc://HOST:15002 PYTHONPATH=JAR python src/test/python/estimators.py

Ends with an error where a result is not pyspark.ml's own, or a snippet of the documentation fails.
"""

import pathlib
import re
import sys
import tempfile

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression, LogisticRegressionModel
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import GeneralizedLinearRegression, LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession
from sparkfederated import (
    FederatedGeneralizedLinearRegression,
    FederatedLinearRegression,
    FederatedLinearSVC,
    FederatedLogisticRegression,
    FederatedSummary,
)

spark = SparkSession.builder.getOrCreate()
rows = spark.createDataFrame(
    [
        (f"w{i % 3}", float((i * 7) % 11), float((i * 5) % 13), float((i * i) % 5 > 1))
        for i in range(120)
    ],
    ["hospital", "a", "b", "label"],
)
assembler = VectorAssembler(inputCols=["a", "b"], outputCol="features")
table = assembler.transform(rows)
exact = dict(tol=1e-12, maxIter=500)


def close(one, other):
    assert max(abs(x - y) for x, y in zip(one, other, strict=True)) < 1e-6, (one, other)


for own, theirs in [
    (FederatedLinearRegression, LinearRegression),
    (FederatedLogisticRegression, LogisticRegression),
]:
    twin = theirs(regParam=0.1, elasticNetParam=0.3, **exact).fit(table)
    model = own(workerCol="hospital", regParam=0.1, elasticNetParam=0.3, **exact).fit(table)
    assert type(model) is type(twin)
    close(list(model.coefficients) + [model.intercept], list(twin.coefficients) + [twin.intercept])

twin = GeneralizedLinearRegression(family="poisson", **exact).fit(table)
estimator = FederatedGeneralizedLinearRegression(workerCol="hospital", family="poisson")
model = estimator.fit(table)
close(model.coefficients, twin.coefficients)
errors = [row.standardError for row in estimator.summary.statistics.collect()]
close(errors, twin.summary.coefficientStandardErrors)
for summary in [estimator.summary, FederatedSummary.of(model)]:
    assert summary.workers == ["w0", "w1", "w2"] and summary.skipped == {}
    assert summary.preset == "fed-newton" and summary.reason != ""
    assert abs(summary.goodnessOfFit["deviance"] - twin.summary.deviance) < 1e-6
    assert summary.rounds.filter("round = 0").count() == 1
    assert len(summary.notes) > 0 and summary.placement != ""
assert not estimator.copy().hasSummary and FederatedSummary.of(twin) is None
again = estimator.copy({estimator.preset: "fed-lbfgs"}).fit(table)
assert FederatedSummary.of(again).preset == "fed-lbfgs"
assert FederatedSummary.of(model).preset == "fed-newton"
assert FederatedLinearSVC(workerCol="hospital", rounds=3).fit(table).numFeatures == 2

folder = tempfile.mkdtemp()
logistic = FederatedLogisticRegression(
    workerCol="hospital", aggregationMode="insecure-plain", minWorkers=2, settings=["seed=3"]
).setRegParam(0.2)
pipeline = Pipeline(stages=[assembler, logistic])
pipeline.write().save(folder + "/pipeline")
loaded = Pipeline.load(folder + "/pipeline").getStages()[1]
assert type(loaded) is FederatedLogisticRegression
assert loaded.getOrDefault("settings") == ["seed=3"]
assert loaded.getOrDefault("workerCol") == "hospital" and loaded.getRegParam() == 0.2
logistic.save(folder + "/estimator")
assert FederatedLogisticRegression.load(folder + "/estimator").getRegParam() == 0.2
pipeline.fit(rows).save(folder + "/model")
stages = PipelineModel.load(folder + "/model").stages
assert type(stages[1]) is LogisticRegressionModel
validated = CrossValidator(
    estimator=logistic,
    estimatorParamMaps=ParamGridBuilder().addGrid(logistic.regParam, [0.01, 1.0]).build(),
    evaluator=BinaryClassificationEvaluator(),
    numFolds=2,
    seed=1,
).fit(table)
assert len(validated.avgMetrics) == 2
assert FederatedSummary.of(validated.bestModel).rounds.count() > 0
assert "workerCol: " in logistic.explainParams()
root = pathlib.Path(__file__).resolve().parents[3]
for page in [root / "README.md", *sorted((root / "src/site/markdown").glob("*.md"))]:
    for snippet in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        if "not run by the tests" not in snippet.splitlines()[0]:
            exec(compile(snippet, page.name, "exec"), {"spark": spark, "rows": table})
print("estimators from PySpark: all as expected", file=sys.stdout)
spark.stop()
