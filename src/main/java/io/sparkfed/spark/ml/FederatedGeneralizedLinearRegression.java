package io.sparkfed.spark.ml;

import io.sparkfed.model.Coefficients;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * MLlib's {@link GeneralizedLinearRegression} over rows that stay with their workers: the same
 * params, and a plain {@link GeneralizedLinearRegressionModel} with the same optimum. Gaussian with
 * the identity link, binomial with logit, Poisson with log, gamma with log; others are refused.
 *
 * <p>So is {@code regParam} with binomial and Poisson: there MLlib measures it in the weights of
 * its last iteration, so its result minimizes nothing.
 */
public final class FederatedGeneralizedLinearRegression extends GeneralizedLinearRegression
    implements HasFederation<FederatedGeneralizedLinearRegression> {
  private static final long serialVersionUID = 1L;

  private final FederationParams federation;

  /** Creates an estimator with a name of its own. */
  public FederatedGeneralizedLinearRegression() {
    this(Identifiable.randomUID("fedGlm"));
  }

  /** Creates an estimator with this name. */
  public FederatedGeneralizedLinearRegression(String uid) {
    super(uid);
    federation = new FederationParams(this);
  }

  /** Returns a reader of saved estimators of this class. */
  public static MLReader<GeneralizedLinearRegression> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved estimator. */
  public static FederatedGeneralizedLinearRegression load(String path) {
    return (FederatedGeneralizedLinearRegression) read().load(path);
  }

  @Override
  public FederationParams federation() {
    return federation;
  }

  @Override
  public GeneralizedLinearRegressionModel train(Dataset<?> dataset) {
    GlmFamily glm = GlmFamily.of(getFamily(), isSet(link()) ? getLink() : null);
    MllibPenalty penalty = glm.penalty(getRegParam());
    try (EstimatorTraining training = EstimatorTraining.load(this, dataset, glm.family(), 0)) {
      Coefficients fitted = training.train(penalty);
      return new GeneralizedLinearRegressionModel(
          uid(), Vectors.dense(fitted.weights()), fitted.intercept());
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    requireWorkerCol(schema);
    return super.transformSchema(schema);
  }

  @Override
  public FederatedGeneralizedLinearRegression copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public FederatedGeneralizedLinearRegression setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setFamily(String value) {
    super.setFamily(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setLink(String value) {
    super.setLink(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setOffsetCol(String value) {
    super.setOffsetCol(value);
    return this;
  }

  @Override
  public FederatedGeneralizedLinearRegression setLinkPredictionCol(String value) {
    super.setLinkPredictionCol(value);
    return this;
  }
}
