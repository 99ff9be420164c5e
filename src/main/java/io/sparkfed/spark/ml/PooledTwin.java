package io.sparkfed.spark.ml;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.survey.FederatedLabels.Moments;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Labels;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.InsecurePooledRows;
import java.util.Arrays;
import java.util.TreeSet;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * MLlib's own fit, with the penalty and the standardization of a configuration, on rows that are
 * brought together: all of them, or one worker's. Protects nobody; for trials on data that may be
 * pooled.
 */
public final class PooledTwin {
  private static final int MOST_ITERATIONS = 1000;
  private static final double TOLERANCE = 1e-10;

  private final TrainingConfig config;
  private final Dataset<Row> rows;

  /**
   * Prepares fits on the rows of a federation, which must stay open.
   *
   * @throws ConfigurationException if MLlib has no such model
   */
  public PooledTwin(SparkSession spark, TrainingConfig config, SparkFederation federation) {
    this.config = config;
    this.rows = InsecurePooledRows.of(spark, federation);
    requireTwin(config);
  }

  /**
   * Refuses what MLlib has no model for.
   *
   * @throws ConfigurationException if it is so
   */
  public static void requireTwin(TrainingConfig config) {
    if (config.data().source() instanceof WorkerPaths paths && !paths.hosts().isEmpty()) {
      throw new ConfigurationException(
          "data.workers.NAME.hosts keeps rows on their hosts, but this job brings them together:"
              + " refused for worker "
              + String.join(", ", new TreeSet<>(paths.hosts().keySet())));
    }
    if (config.data().source() instanceof WorkerPaths paths && paths.areOfAgents()) {
      throw new ConfigurationException(
          "data.workers.NAME.agent keeps rows with their owners, but this job brings them together");
    }
    TrainingConfig.Model model = config.model();
    String name = EnumNames.of(model.family());
    MllibFamily.Model twin = twin(model);
    boolean byGlm = twin == MllibFamily.Model.GENERALIZED_LINEAR_REGRESSION;
    String why = null;
    if (!MllibFamily.of(model.family()).isTrained()) {
      why = "model.family = " + name;
    } else if (model.standardize() == Standardize.WORKER) {
      why = "model.standardize = worker";
    } else if (isWithoutFeatures(config.data()) && !model.family().hasLogLink()) {
      why = "model.family = " + name + " without features";
    } else if (config.data().columns().offset().isPresent() && !byGlm) {
      why = "data.offset-column with model.family = " + name;
    } else if (model.l1() > 0.0 && (byGlm || twin == MllibFamily.Model.LINEAR_SVC)) {
      why = "model.l1 with model.family = " + name;
    } else if (model.l2() > 0.0 && byGlm) {
      why = "model.l2 with model.family = " + name;
    }
    if (why != null) {
      throw new ConfigurationException("MLlib has no model to compare with for " + why);
    }
  }

  /** Shares of successes are for the generalized linear model alone. */
  private static MllibFamily.Model twin(TrainingConfig.Model model) {
    return model.labels() instanceof Labels.Proportions
        ? MllibFamily.Model.GENERALIZED_LINEAR_REGRESSION
        : MllibFamily.of(model.family()).model();
  }

  private static boolean isWithoutFeatures(DataConfig data) {
    return !(data.source() instanceof Synthetic)
        && data.columns().features().isEmpty()
        && data.columns().featuresVector().isEmpty();
  }

  /** Fits all training rows. */
  public Coefficients fitAll() {
    return fit(rows);
  }

  /** Fits the training rows of one worker. */
  public Coefficients fitWorker(String worker) {
    return fit(rows.where(functions.col("worker").equalTo(worker)));
  }

  private Coefficients fit(Dataset<Row> table) {
    MllibFamily.Model twin = twin(config.model());
    MllibPenalty penalty =
        MllibPenalty.inverse(
            config.model().l1(),
            config.model().l2(),
            config.model().standardize() != Standardize.NONE,
            twin == MllibFamily.Model.LINEAR_REGRESSION,
            moments(table));
    boolean intercept = config.model().intercept();
    return switch (twin) {
      case LINEAR_REGRESSION -> {
        LinearRegressionModel model =
            new LinearRegression()
                .setSolver("l-bfgs")
                .setWeightCol("weight")
                .setFitIntercept(intercept)
                .setStandardization(penalty.standardization())
                .setRegParam(penalty.regParam())
                .setElasticNetParam(penalty.elasticNetParam())
                .setMaxIter(MOST_ITERATIONS)
                .setTol(TOLERANCE)
                .fit(table);
        yield coefficients(model.coefficients(), model.intercept());
      }
      case LOGISTIC_REGRESSION, MULTINOMIAL -> {
        boolean isBinomial = twin == MllibFamily.Model.LOGISTIC_REGRESSION;
        LogisticRegressionModel model =
            new LogisticRegression()
                .setFamily(isBinomial ? "binomial" : "multinomial")
                .setWeightCol("weight")
                .setFitIntercept(intercept)
                .setStandardization(penalty.standardization())
                .setRegParam(penalty.regParam())
                .setElasticNetParam(penalty.elasticNetParam())
                .setMaxIter(MOST_ITERATIONS)
                .setTol(TOLERANCE)
                .fit(table);
        yield isBinomial
            ? coefficients(model.coefficients(), model.intercept())
            : coefficients(model);
      }
      case LINEAR_SVC -> {
        LinearSVCModel model =
            new LinearSVC()
                .setWeightCol("weight")
                .setFitIntercept(intercept)
                .setStandardization(penalty.standardization())
                .setRegParam(penalty.regParam())
                .setMaxIter(MOST_ITERATIONS)
                .setTol(TOLERANCE)
                .fit(table);
        yield coefficients(model.coefficients(), model.intercept());
      }
      case GENERALIZED_LINEAR_REGRESSION -> glm(table, GlmFamily.of(config.model().family()));
    };
  }

  private Coefficients glm(Dataset<Row> table, GlmFamily glm) {
    GeneralizedLinearRegressionModel model =
        new GeneralizedLinearRegression()
            .setFamily(glm.mllibFamily())
            .setLink(glm.link())
            .setWeightCol("weight")
            .setOffsetCol("offset")
            .setFitIntercept(config.model().intercept())
            .setMaxIter(MOST_ITERATIONS)
            .setTol(TOLERANCE)
            .fit(table);
    return coefficients(model.coefficients(), model.intercept());
  }

  private static Moments moments(Dataset<Row> table) {
    Row sums =
        table
            .selectExpr(
                "sum(weight) AS w", "sum(weight * weight) AS ww", "sum(weight * label) AS wy")
            .head();
    double total = sums.getDouble(0);
    double mean = sums.getDouble(2) / total;
    double squares =
        table
            .select(
                functions.sum(
                    functions
                        .col("weight")
                        .multiply(functions.pow(functions.col("label").minus(mean), 2.0))))
            .head()
            .getDouble(0);
    return new Moments(total, sums.getDouble(1), mean, squares);
  }

  private Coefficients coefficients(Vector weights, double intercept) {
    boolean has = config.model().intercept();
    double[] values = Arrays.copyOf(weights.toArray(), weights.size() + (has ? 1 : 0));
    if (has) {
      values[weights.size()] = intercept;
    }
    return new Coefficients(new ModelShape(weights.size(), has), values);
  }

  /** Classes above the largest of a worker have no row in its model: theirs stays 0. */
  private Coefficients coefficients(LogisticRegressionModel model) {
    int classes = config.model().loss().outputs();
    ModelShape shape = new ModelShape(model.numFeatures(), config.model().intercept(), classes);
    double[] values = new double[shape.size()];
    for (int k = 0; k < model.numClasses(); k++) {
      for (int j = 0; j < model.numFeatures(); j++) {
        values[shape.weightsFrom(k) + j] = model.coefficientMatrix().apply(k, j);
      }
      shape.addToIntercept(k, model.interceptVector().apply(k), values);
    }
    return new Coefficients(shape, values);
  }
}
