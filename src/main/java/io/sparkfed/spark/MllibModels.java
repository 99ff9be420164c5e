package io.sparkfed.spark;

import io.sparkfed.config.DataConfig;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.MLWritable;

/** Turns coefficients into MLlib's own models, which stock Spark loads without this library. */
public final class MllibModels {
  private MllibModels() {}

  /** Returns the MLlib model with these coefficients, reading features from {@code "features"}. */
  public static MLWritable of(
      Family family, Coefficients coefficients, String uid, DataConfig.Columns columns) {
    Vector weights = Vectors.dense(coefficients.weights());
    return switch (family) {
      case LINEAR -> {
        LinearRegressionModel model =
            new LinearRegressionModel(uid, weights, coefficients.intercept());
        model.set(model.labelCol(), columns.label());
        model.setFeaturesCol(columns.featuresVector().orElse("features"));
        yield model;
      }
      case LOGISTIC -> {
        LogisticRegressionModel model =
            new LogisticRegressionModel(uid, weights, coefficients.intercept());
        model.set(model.labelCol(), columns.label());
        model.setFeaturesCol(columns.featuresVector().orElse("features"));
        yield model;
      }
    };
  }
}
