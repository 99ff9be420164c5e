package io.sparkfed.spark.ml;

import java.util.List;
import java.util.StringJoiner;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * MLlib's models as its own writers lay them out: a folder {@code data} with a table of one row,
 * and the params as JSON in a folder {@code metadata}. Those writers find the row's columns by
 * Scala's reflection, which takes about a second to start and which a job needs for nothing else.
 */
public final class ModelLayout {
  private static final boolean NEVER_NULL = false;

  private ModelLayout() {}

  /** Returns the table of a model made by {@link MllibModels}. */
  public static Dataset<Row> data(SparkSession spark, Model<?> model) {
    if (model instanceof LogisticRegressionModel logistic) {
      boolean isMultinomial = logistic.coefficientMatrix().numRows() > 1;
      return table(
          spark,
          new StructType()
              .add("numClasses", DataTypes.IntegerType, NEVER_NULL)
              .add("numFeatures", DataTypes.IntegerType, NEVER_NULL)
              .add("interceptVector", SQLDataTypes.VectorType())
              .add("coefficientMatrix", SQLDataTypes.MatrixType())
              .add("isMultinomial", DataTypes.BooleanType, NEVER_NULL),
          logistic.numClasses(),
          logistic.numFeatures(),
          logistic.interceptVector(),
          logistic.coefficientMatrix(),
          isMultinomial);
    }
    if (model instanceof LinearSVCModel svc) {
      return table(
          spark,
          new StructType()
              .add("coefficients", SQLDataTypes.VectorType())
              .add("intercept", DataTypes.DoubleType, NEVER_NULL),
          svc.coefficients(),
          svc.intercept());
    }
    StructType regression =
        new StructType()
            .add("intercept", DataTypes.DoubleType, NEVER_NULL)
            .add("coefficients", SQLDataTypes.VectorType());
    if (model instanceof LinearRegressionModel linear) {
      return table(
          spark,
          regression.add("scale", DataTypes.DoubleType, NEVER_NULL),
          linear.intercept(),
          linear.coefficients(),
          linear.scale());
    }
    GeneralizedLinearRegressionModel glm = (GeneralizedLinearRegressionModel) model;
    return table(spark, regression, glm.intercept(), glm.coefficients());
  }

  private static Dataset<Row> table(SparkSession spark, StructType columns, Object... row) {
    return spark.createDataFrame(List.of(RowFactory.create(row)), columns);
  }

  /** Returns a model's params and what they belong to, one line of JSON. */
  public static String metadata(SparkSession spark, Model<?> model) {
    StringJoiner set = new StringJoiner(",", "{", "}");
    StringJoiner defaults = new StringJoiner(",", "{", "}");
    for (Param<?> param : model.params()) {
      if (model.isSet(param)) {
        set.add(member(param, model.get(param)));
      }
      if (model.hasDefault(param)) {
        defaults.add(member(param, model.getDefault(param)));
      }
    }
    // Names of classes, versions, uids and params have nothing that JSON would escape.
    return "{\"class\":\"%s\",\"timestamp\":%d,\"sparkVersion\":\"%s\",\"uid\":\"%s\",\"paramMap\":%s,\"defaultParamMap\":%s}"
        .formatted(
            model.getClass().getName(),
            System.currentTimeMillis(),
            spark.version(),
            model.uid(),
            set,
            defaults);
  }

  @SuppressWarnings("unchecked")
  private static <T> String member(Param<T> param, Option<?> value) {
    return "\"" + param.name() + "\":" + param.jsonEncode((T) value.get());
  }
}
