package io.sparkfed.spark.ml;

import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * MLlib's {@link LinearRegression} over rows that stay with their workers: the same params, and a
 * plain {@link LinearRegressionModel} with the same optimum.
 *
 * <p>{@code solver} says which deviations {@code regParam} is measured in, as in MLlib: those of
 * the population for {@code normal} (and {@code auto} up to 4096 features), of the sample for
 * {@code l-bfgs}. {@code loss = huber} is refused: MLlib's estimates a scale too.
 */
public final class FederatedLinearRegression extends LinearRegression
    implements HasFederation<FederatedLinearRegression> {
  private static final long serialVersionUID = 1L;

  /** Up to so many features MLlib's {@code auto} is {@code normal}. */
  private static final int MOST_NORMAL = 4096;

  private final FederationParams federation;

  /** Creates an estimator with a name of its own. */
  public FederatedLinearRegression() {
    this(Identifiable.randomUID("fedLinReg"));
  }

  /** Creates an estimator with this name. */
  public FederatedLinearRegression(String uid) {
    super(uid);
    federation = new FederationParams(this);
  }

  /** Returns a reader of saved estimators of this class. */
  public static MLReader<LinearRegression> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved estimator. */
  public static FederatedLinearRegression load(String path) {
    return (FederatedLinearRegression) read().load(path);
  }

  @Override
  public FederationParams federation() {
    return federation;
  }

  @Override
  public LinearRegressionModel train(Dataset<?> dataset) {
    if (!getLoss().equals("squaredError")) {
      throw new IllegalArgumentException("loss must be squaredError. Provided value: " + getLoss());
    }
    try (EstimatorTraining training = EstimatorTraining.load(this, dataset, Family.LINEAR, 0)) {
      Coefficients fitted =
          training.train(
              new MllibPenalty(
                  getRegParam(),
                  getElasticNetParam(),
                  getStandardization(),
                  deviations(training.features()),
                  true));
      return new LinearRegressionModel(uid(), Vectors.dense(fitted.weights()), fitted.intercept());
    }
  }

  private MllibPenalty.Deviations deviations(int features) {
    boolean normal =
        getSolver().equals("normal") || (getSolver().equals("auto") && features <= MOST_NORMAL);
    return normal ? MllibPenalty.Deviations.POPULATION : MllibPenalty.Deviations.RELIABILITY;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    requireWorkerCol(schema);
    return super.transformSchema(schema);
  }

  @Override
  public FederatedLinearRegression copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public FederatedLinearRegression setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setElasticNetParam(double value) {
    super.setElasticNetParam(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public FederatedLinearRegression setSolver(String value) {
    super.setSolver(value);
    return this;
  }
}
