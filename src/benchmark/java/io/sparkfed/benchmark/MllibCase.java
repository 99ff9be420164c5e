package io.sparkfed.benchmark;

import io.sparkfed.model.Family;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One case of the comparison with MLlib: a model to fit, and the rows it is planted in.
 *
 * <p>Dense features have unit variance, each correlated with the one before it by {@value
 * #CORRELATION}. Sparse ones are positive, log-normal, and in skewed columns, as words of texts
 * are. Labels are drawn from a planted model, with noise: Bernoulli and categorical draws for the
 * logistic models, Gaussian errors of deviation 1 for least squares and, added to the score, for
 * support vector machines.
 *
 * @param classes number of classes of softmax; 0 for the other families
 * @param nonZeros entries a row; 0 for dense rows
 * @param regParam MLlib's ridge penalty, on the weights of the columns as they are
 */
record MllibCase(
    String name, Family family, int rows, int features, int classes, int nonZeros, double regParam)
    implements Serializable {
  static final int WORKERS = 10;
  private static final double CORRELATION = 0.5;

  /** Deviation of the planted score. */
  private static final double SIGNAL = 2.0;

  private static final double INTERCEPT = 0.5;
  private static final long SEED = 20240817L;

  static final List<MllibCase> ALL =
      List.of(
          new MllibCase("logistic-1m-50", Family.LOGISTIC, 1_000_000, 50, 0, 0, 0.0),
          new MllibCase("logistic-200k-500", Family.LOGISTIC, 200_000, 500, 0, 0, 0.0),
          new MllibCase("linear-1m-50", Family.LINEAR, 1_000_000, 50, 0, 0, 0.0),
          new MllibCase("linear-200k-500", Family.LINEAR, 200_000, 500, 0, 0, 0.0),
          new MllibCase("softmax-1m-50", Family.SOFTMAX, 1_000_000, 50, 10, 0, 0.0),
          new MllibCase("logistic-sparse", Family.LOGISTIC, 200_000, 20_000, 0, 75, 1e-4),
          new MllibCase("svm-sparse", Family.SVM, 200_000, 20_000, 0, 75, 1e-4),
          new MllibCase("svm-dense", Family.SVM, 1_000_000, 50, 0, 0, 1e-4));

  static MllibCase named(String name) {
    return ALL.stream()
        .filter(each -> each.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no case " + name + " among " + names()));
  }

  static List<String> names() {
    return ALL.stream().map(MllibCase::name).toList();
  }

  MllibCase scaled(double factor) {
    return withRows(Math.max(WORKERS, (int) Math.round(rows * factor)));
  }

  MllibCase withRows(int count) {
    return new MllibCase(name, family, count, features, classes, nonZeros, regParam);
  }

  /**
   * Generates the rows {@code worker, label, features} at the executors, one partition a worker.
   */
  Dataset<Row> generate(SparkSession spark) {
    StructType schema =
        new StructType()
            .add("worker", DataTypes.StringType)
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    List<Integer> workers = IntStream.range(0, WORKERS).boxed().toList();
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(workers, WORKERS)
            .flatMap(worker -> rowsOf(worker).iterator()),
        schema);
  }

  private Iterable<Row> rowsOf(int worker) {
    int count = rows / WORKERS + (worker < rows % WORKERS ? 1 : 0);
    String id = "w" + worker;
    double[][] planted = planted();
    SplittableRandom random = new SplittableRandom(SEED + 1 + worker);
    return () ->
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  Vector x = nonZeros == 0 ? dense(random) : sparse(random);
                  return RowFactory.create(id, label(x, planted, random), x);
                })
            .iterator();
  }

  private double[][] planted() {
    SplittableRandom random = new SplittableRandom(SEED);
    double scale = SIGNAL / Math.sqrt(nonZeros == 0 ? features : nonZeros);
    return IntStream.range(0, Math.max(1, classes))
        .mapToObj(k -> random.doubles(features).map(u -> scale * Math.sqrt(12) * (u - 0.5)))
        .map(weights -> weights.toArray())
        .toArray(double[][]::new);
  }

  private Vector dense(SplittableRandom random) {
    double[] x = new double[features];
    double fresh = Math.sqrt(1.0 - CORRELATION * CORRELATION);
    x[0] = random.nextGaussian();
    for (int j = 1; j < features; j++) {
      x[j] = CORRELATION * x[j - 1] + fresh * random.nextGaussian();
    }
    return Vectors.dense(x);
  }

  private Vector sparse(SplittableRandom random) {
    int[] columns =
        random
            .doubles()
            .mapToInt(u -> (int) (features * u * u))
            .distinct()
            .limit(nonZeros)
            .toArray();
    Arrays.sort(columns);
    double[] values = new double[columns.length];
    Arrays.setAll(values, k -> Math.exp(0.5 * random.nextGaussian()));
    return Vectors.sparse(features, columns, values);
  }

  private double label(Vector x, double[][] planted, SplittableRandom random) {
    double[] scores = new double[planted.length];
    x.foreachActive(
        (column, value) -> {
          for (int k = 0; k < scores.length; k++) {
            scores[k] += planted[k][(int) column] * (double) value;
          }
          return scala.runtime.BoxedUnit.UNIT;
        });
    double score = scores[0] + INTERCEPT;
    return switch (family) {
      case LOGISTIC -> random.nextDouble() < 1.0 / (1.0 + Math.exp(-score)) ? 1.0 : 0.0;
      case SVM -> score + random.nextGaussian() > 0.0 ? 1.0 : 0.0;
      case SOFTMAX -> drawn(scores, random);
      default -> score + random.nextGaussian();
    };
  }

  /** The largest of scores with Gumbel noise is a draw from the softmax. */
  private static double drawn(double[] scores, SplittableRandom random) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < scores.length; k++) {
      double noisy = scores[k] - Math.log(-Math.log(random.nextDouble(1e-300, 1.0)));
      if (noisy > most) {
        most = noisy;
        best = k;
      }
    }
    return best;
  }
}
