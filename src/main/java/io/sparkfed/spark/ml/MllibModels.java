package io.sparkfed.spark.ml;

import io.sparkfed.config.DataConfig;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Response;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;

/** Turns coefficients into MLlib's own models, which stock Spark loads without this library. */
public final class MllibModels {
  private MllibModels() {}

  /**
   * Returns the MLlib model with these coefficients, reading features from {@code "features"}.
   *
   * <p>Of MLlib's models only the generalized linear one knows offsets; it reads them from the
   * configured column. The threshold is that of a model of two classes.
   */
  public static Model<?> of(
      Response response, Coefficients coefficients, String uid, DataConfig.Columns columns) {
    return switch (MllibFamily.of(response.family()).model()) {
      case LINEAR_REGRESSION ->
          named(
              new LinearRegressionModel(uid, weights(coefficients), coefficients.intercept()),
              columns);
      case LOGISTIC_REGRESSION ->
          named(
              new LogisticRegressionModel(uid, weights(coefficients), coefficients.intercept())
                  .setThreshold(response.threshold()),
              columns);
      case MULTINOMIAL -> named(softmax(coefficients, uid), columns);
      case LINEAR_SVC ->
          named(
              new LinearSVCModel(uid, weights(coefficients), coefficients.intercept())
                  .setThreshold(response.threshold()),
              columns);
      case GENERALIZED_LINEAR_REGRESSION -> {
        GlmFamily glm = GlmFamily.of(response.family());
        GeneralizedLinearRegressionModel model =
            named(
                new GeneralizedLinearRegressionModel(
                    uid, weights(coefficients), coefficients.intercept()),
                columns);
        model.set(model.family(), glm.mllibFamily());
        model.set(model.link(), glm.link());
        columns.offset().ifPresent(name -> model.set(model.offsetCol(), name));
        yield model;
      }
    };
  }

  private static LogisticRegressionModel softmax(Coefficients coefficients, String uid) {
    int classes = coefficients.shape().outputs();
    boolean rowMajor = true;
    return new LogisticRegressionModel(
        uid,
        new DenseMatrix(classes, coefficients.shape().features(), coefficients.weights(), rowMajor),
        Vectors.dense(coefficients.intercepts()),
        classes,
        true);
  }

  private static Vector weights(Coefficients coefficients) {
    return Vectors.dense(coefficients.weights());
  }

  private static <M extends PredictionModel<Vector, M>> M named(
      M model, DataConfig.Columns columns) {
    model.set(model.labelCol(), columns.label());
    model.setFeaturesCol(columns.featuresVector().orElse("features"));
    return model;
  }
}
