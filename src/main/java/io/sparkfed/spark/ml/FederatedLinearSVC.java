package io.sparkfed.spark.ml;

import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * MLlib's {@link LinearSVC}, a linear support vector machine with the hinge loss, over rows that
 * stay with their workers: the same params, and a plain {@link LinearSVCModel} with the same
 * optimum.
 */
public final class FederatedLinearSVC extends LinearSVC
    implements HasFederation<FederatedLinearSVC> {
  private static final long serialVersionUID = 1L;

  private final FederationParams federation;

  /** Creates an estimator with a name of its own. */
  public FederatedLinearSVC() {
    this(Identifiable.randomUID("fedSvc"));
  }

  /** Creates an estimator with this name. */
  public FederatedLinearSVC(String uid) {
    super(uid);
    federation = new FederationParams(this);
  }

  /** Returns a reader of saved estimators of this class. */
  public static MLReader<LinearSVC> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved estimator. */
  public static FederatedLinearSVC load(String path) {
    return (FederatedLinearSVC) read().load(path);
  }

  @Override
  public FederationParams federation() {
    return federation;
  }

  @Override
  public LinearSVCModel train(Dataset<?> dataset) {
    try (EstimatorTraining training = EstimatorTraining.load(this, dataset, Family.SVM, 0)) {
      Coefficients fitted =
          training.train(
              new MllibPenalty(
                  getRegParam(),
                  0.0,
                  getStandardization(),
                  MllibPenalty.Deviations.RELIABILITY,
                  false));
      return new LinearSVCModel(uid(), Vectors.dense(fitted.weights()), fitted.intercept());
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    requireWorkerCol(schema);
    return super.transformSchema(schema);
  }

  @Override
  public FederatedLinearSVC copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public FederatedLinearSVC setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public FederatedLinearSVC setThreshold(double value) {
    super.setThreshold(value);
    return this;
  }
}
