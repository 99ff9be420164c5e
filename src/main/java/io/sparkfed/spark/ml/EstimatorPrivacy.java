package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.StructType;

/** What an estimator's params say of hidden rows: {@code privacy} of a configuration. */
final class EstimatorPrivacy {
  private EstimatorPrivacy() {}

  /** Returns whether rows are hidden. */
  static boolean isWanted(HasFederation<?> estimator) {
    return estimator.isSet(estimator.privacyEpsilon());
  }

  /**
   * Checks the params before any row is read.
   *
   * @param family what is trained
   * @throws IllegalArgumentException naming the param that is missing, does nothing, or needs exact
   *     sums of rows
   */
  static void require(HasFederation<?> estimator, Family family) {
    if (!isWanted(estimator)) {
      for (Param<?> param : besides(estimator)) {
        if (estimator.isSet(param)) {
          throw new IllegalArgumentException(param.name() + " does nothing without privacyEpsilon");
        }
      }
      return;
    }
    for (Param<?> param : List.of(estimator.privacyDelta(), estimator.featureBounds())) {
      if (!estimator.isSet(param)) {
        throw new IllegalArgumentException(param.name() + " must be set with privacyEpsilon");
      }
    }
    for (DoubleArrayParam param : List.of(estimator.featureBounds(), estimator.labelBounds())) {
      if (estimator.isSet(param)) {
        requireBounds(param.name(), estimator.getOrDefault(param));
      }
    }
    for (String limit : List.of("maxIter", "tol")) {
      if (estimator.hasParam(limit) && estimator.isSet(estimator.getParam(limit))) {
        throw new IllegalArgumentException(
            limit
                + " must not be set with privacyEpsilon: rounds says how many gradients are summed");
      }
    }
    requirePenalty(estimator, family);
    if (family == Family.POISSON && hasOffsets(estimator)) {
      throw new IllegalArgumentException(
          "offsetCol must not be set with privacyEpsilon for family = poisson: how long steps may be"
              + " follows from the mean exposure, which no release tells");
    }
  }

  private static boolean hasOffsets(HasFederation<?> estimator) {
    return estimator.hasParam("offsetCol")
        && estimator.isSet(estimator.getParam("offsetCol"))
        && !value(estimator, "offsetCol", "").equals("");
  }

  private static void requireBounds(String name, double[] bounds) {
    if (bounds.length != 2
        || !Arrays.stream(bounds).allMatch(Double::isFinite)
        || bounds[0] >= bounds[1]) {
      throw new IllegalArgumentException(
          name
              + " must be [low, high], finite numbers with low < high. Provided value: "
              + Arrays.toString(bounds));
    }
  }

  /** MLlib's penalties are in units of deviations of the rows, which would be told exactly. */
  private static void requirePenalty(HasFederation<?> estimator, Family family) {
    double regParam = (double) value(estimator, "regParam", 0.0);
    if (regParam == 0.0) {
      return;
    }
    if (family == Family.LINEAR || (boolean) value(estimator, "standardization", true)) {
      throw new IllegalArgumentException(
          "regParam must be 0 with privacyEpsilon, unless standardization is false and the loss is not"
              + " the squared one: MLlib's penalty is in units of deviations, which would be told"
              + " exactly. Provided value: "
              + regParam);
    }
    if (estimator.isSet(estimator.intervalsShare()) && estimator.getIntervalsShare() > 0.0) {
      throw new IllegalArgumentException(
          "intervalsShare must be 0 with regParam: a penalty moves coefficients, and intervals don't"
              + " count that. Provided value: "
              + estimator.getIntervalsShare());
    }
    double elasticNet = (double) value(estimator, "elasticNetParam", 0.0);
    if (elasticNet > 0.0) {
      throw new IllegalArgumentException(
          "elasticNetParam must be 0 with privacyEpsilon. Provided value: " + elasticNet);
    }
  }

  private static Object value(HasFederation<?> estimator, String param, Object otherwise) {
    return estimator.hasParam(param)
        ? estimator.getOrDefault(estimator.getParam(param))
        : otherwise;
  }

  /**
   * Returns the keys of a configuration, with their values; none where rows aren't hidden.
   *
   * @param schema of the rows, which may say how long vectors are
   */
  static Map<String, Object> values(
      HasFederation<?> estimator, String featuresCol, StructType schema) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (!isWanted(estimator)) {
      return values;
    }
    values.put("privacy.unit", "row");
    values.put("privacy.epsilon", estimator.getPrivacyEpsilon());
    values.put("privacy.delta", estimator.getPrivacyDelta());
    values.put("privacy.bounds", Map.of(featuresCol, list(estimator.getFeatureBounds())));
    int size = sizeOf(schema, featuresCol);
    if (size > 0) {
      values.put("privacy.vector-size", size);
    }
    if (estimator.isSet(estimator.labelBounds())) {
      values.put("privacy.label-bounds", list(estimator.getLabelBounds()));
    }
    if (estimator.isSet(estimator.privacyRows())) {
      values.put("privacy.rows", estimator.getPrivacyRows());
    }
    if (estimator.isSet(estimator.intervalsShare())) {
      values.put("privacy.intervals-share", estimator.getIntervalsShare());
    }
    return values;
  }

  /** Returns how long vectors are as earlier stages said, -1 where none did: no row is read. */
  private static int sizeOf(StructType schema, String column) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equals(column))
        .filter(field -> field.dataType().equals(SQLDataTypes.VectorType()))
        .mapToInt(field -> AttributeGroup.fromStructField(field).size())
        .findFirst()
        .orElse(-1);
  }

  private static List<Double> list(double[] bounds) {
    return Arrays.stream(bounds).boxed().toList();
  }

  private static List<Param<?>> besides(HasFederation<?> estimator) {
    return List.of(
        estimator.privacyDelta(),
        estimator.featureBounds(),
        estimator.labelBounds(),
        estimator.privacyRows(),
        estimator.intervalsShare());
  }
}
