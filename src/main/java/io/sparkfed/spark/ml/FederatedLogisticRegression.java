package io.sparkfed.spark.ml;

import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * MLlib's {@link LogisticRegression}, binomial and multinomial, over rows that stay with their
 * workers: the same params, and a plain {@link LogisticRegressionModel} with the same optimum.
 *
 * <p>The number of classes is what the label column's metadata says, or else found by a secure sum,
 * which tells the driver how many workers hold each class. Bounds on coefficients are refused.
 */
public final class FederatedLogisticRegression extends LogisticRegression
    implements HasFederation<FederatedLogisticRegression> {
  private static final long serialVersionUID = 1L;

  private final FederationParams federation;

  /** Creates an estimator with a name of its own. */
  public FederatedLogisticRegression() {
    this(Identifiable.randomUID("fedLogReg"));
  }

  /** Creates an estimator with this name. */
  public FederatedLogisticRegression(String uid) {
    super(uid);
    federation = new FederationParams(this);
  }

  /** Returns a reader of saved estimators of this class. */
  public static MLReader<LogisticRegression> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved estimator. */
  public static FederatedLogisticRegression load(String path) {
    return (FederatedLogisticRegression) read().load(path);
  }

  @Override
  public FederationParams federation() {
    return federation;
  }

  @Override
  public LogisticRegressionModel train(Dataset<?> dataset) {
    for (Param<?> bound :
        List.of(
            lowerBoundsOnCoefficients(),
            upperBoundsOnCoefficients(),
            lowerBoundsOnIntercepts(),
            upperBoundsOnIntercepts())) {
      if (isSet(bound)) {
        throw new IllegalArgumentException(bound.name() + " must not be set");
      }
    }
    OptionalInt told = classesInMetadata(dataset.schema());
    boolean binomial =
        getFamily().equals("binomial")
            || (getFamily().equals("auto") && told.isPresent() && told.getAsInt() <= 2);
    if (!binomial && told.isEmpty() && isSet(privacyEpsilon())) {
      throw new IllegalArgumentException(
          "family must be binomial with privacyEpsilon, or the metadata of "
              + getLabelCol()
              + " must say how many classes there are: counting who holds which tells of rows");
    }
    MllibPenalty penalty =
        new MllibPenalty(
            getRegParam(),
            getElasticNetParam(),
            getStandardization(),
            MllibPenalty.Deviations.RELIABILITY,
            false);
    if (binomial) {
      requireThresholdsFor(2);
      try (EstimatorTraining training = EstimatorTraining.load(this, dataset, Family.LOGISTIC, 0)) {
        return binomial(training.train(penalty));
      }
    }
    try (EstimatorTraining training =
        EstimatorTraining.load(
            this, dataset, Family.SOFTMAX, told.orElse(EstimatorTraining.MOST_CLASSES))) {
      int classes = told.isPresent() ? told.getAsInt() : Math.max(2, training.classesHeld());
      requireThresholdsFor(classes);
      return getFamily().equals("auto") && classes == 2
          ? binomial(training.train(Family.LOGISTIC, 0, penalty))
          : multinomial(training.train(Family.SOFTMAX, classes, penalty));
    }
  }

  private void requireThresholdsFor(int classes) {
    if (isSet(thresholds()) && getThresholds().length != classes) {
      throw new IllegalArgumentException(
          "thresholds must have a value for each class, "
              + classes
              + ". Provided number of values: "
              + getThresholds().length);
    }
  }

  private LogisticRegressionModel binomial(Coefficients fitted) {
    return new LogisticRegressionModel(uid(), Vectors.dense(fitted.weights()), fitted.intercept());
  }

  /** Intercepts are moved to the mean 0, as MLlib does, which changes no probability. */
  private LogisticRegressionModel multinomial(Coefficients fitted) {
    int classes = fitted.shape().outputs();
    double[] intercepts = fitted.intercepts();
    double mean = Arrays.stream(intercepts).sum() / classes;
    boolean rowMajor = true;
    return new LogisticRegressionModel(
        uid(),
        new DenseMatrix(classes, fitted.shape().features(), fitted.weights(), rowMajor),
        Vectors.dense(Arrays.stream(intercepts).map(b -> b - mean).toArray()),
        classes,
        true);
  }

  private OptionalInt classesInMetadata(StructType schema) {
    Attribute label = Attribute.fromStructField(schema.apply(getLabelCol()));
    if (label instanceof BinaryAttribute) {
      return OptionalInt.of(2);
    }
    return label instanceof NominalAttribute nominal && nominal.getNumValues().isDefined()
        ? OptionalInt.of(Math.max(2, (int) nominal.getNumValues().get()))
        : OptionalInt.empty();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    requireWorkerCol(schema);
    return super.transformSchema(schema);
  }

  @Override
  public FederatedLogisticRegression copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public FederatedLogisticRegression setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setProbabilityCol(String value) {
    super.setProbabilityCol(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setElasticNetParam(double value) {
    super.setElasticNetParam(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setFamily(String value) {
    super.setFamily(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setThreshold(double value) {
    super.setThreshold(value);
    return this;
  }

  @Override
  public FederatedLogisticRegression setThresholds(double[] value) {
    super.setThresholds(value);
    return this;
  }
}
