package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.LinearRegression;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** Every estimator as a stage of Spark ML. */
@Timeout(300)
class EstimatorStagesIT {
  @Nested
  class Linear extends EstimatorContract<FederatedLinearRegression> {
    @Override
    FederatedLinearRegression estimator() {
      return new FederatedLinearRegression();
    }

    @Override
    Params mllibs() {
      return new LinearRegression();
    }

    @Override
    Family family() {
      return Family.LINEAR;
    }

    @Override
    Evaluator evaluator() {
      return new RegressionEvaluator();
    }
  }

  @Nested
  class Multinomial extends EstimatorContract<FederatedLogisticRegression> {
    @Override
    FederatedLogisticRegression estimator() {
      return new FederatedLogisticRegression();
    }

    @Override
    Params mllibs() {
      return new LogisticRegression();
    }

    @Override
    Family family() {
      return Family.SOFTMAX;
    }

    @Override
    Evaluator evaluator() {
      return new MulticlassClassificationEvaluator().setMetricName("logLoss");
    }
  }

  @Nested
  class SupportVectors extends EstimatorContract<FederatedLinearSVC> {
    @Override
    FederatedLinearSVC estimator() {
      return new FederatedLinearSVC();
    }

    @Override
    Params mllibs() {
      return new LinearSVC();
    }

    @Override
    Family family() {
      return Family.SVM;
    }

    @Override
    Evaluator evaluator() {
      return new BinaryClassificationEvaluator();
    }
  }

  @Nested
  class GeneralizedLinear extends EstimatorContract<FederatedGeneralizedLinearRegression> {
    @Override
    FederatedGeneralizedLinearRegression estimator() {
      return new FederatedGeneralizedLinearRegression().setFamily("poisson");
    }

    @Override
    Params mllibs() {
      return new GeneralizedLinearRegression();
    }

    @Override
    Family family() {
      return Family.POISSON;
    }

    @Override
    Evaluator evaluator() {
      return new RegressionEvaluator();
    }
  }
}
