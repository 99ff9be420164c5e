package io.sparkfed.benchmark;

import io.sparkfed.spark.ml.FederatedLogisticRegression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * How long {@code fit} takes in a running session, on a table that is cached there: our estimator
 * of logistic regression, with ten simulated workers and masked sums, and MLlib's. The rows are
 * brought to their workers and packed in each of our fits.
 *
 * <p>Pairs run in alternating order in one JVM, after one fit of each that is not counted. One line
 * of JSON a case.
 */
public final class EstimatorBenchmark {
  private EstimatorBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code cases=logistic-1m-50}, {@code pairs=3} and {@code rows-scale=1}, as by
   *     default; cases are those of logistic regression in {@link MllibCase}
   */
  public static void main(String[] args) {
    Suite suite = new Suite("estimator", args);
    double scale = Double.parseDouble(suite.texts("rows-scale", List.of("1")).get(0));
    int pairs = suite.numbers("pairs", List.of(3)).get(0);
    SparkSession spark = suite.open();
    try {
      for (String name : suite.texts("cases", List.of("logistic-1m-50"))) {
        suite.print(spark, measured(spark, MllibCase.named(name).scaled(scale), pairs));
      }
    } finally {
      spark.stop();
    }
  }

  /** A fit and how long it took. */
  private record Fit(double seconds, LogisticRegressionModel model) {}

  private static Map<String, Object> measured(SparkSession spark, MllibCase each, int pairs) {
    Dataset<Row> rows = each.generate(spark).persist(StorageLevel.MEMORY_ONLY());
    try {
      rows.count();
      List<Fit> ours = new ArrayList<>();
      List<Fit> peers = new ArrayList<>();
      for (int pair = 0; pair <= pairs; pair++) {
        for (int turn = 0; turn < 2; turn++) {
          System.gc();
          if ((pair + turn) % 2 == 0) {
            peers.add(fit(new LogisticRegression(), each, rows));
          } else {
            ours.add(fit(new FederatedLogisticRegression().setWorkerCol("worker"), each, rows));
          }
        }
      }
      double seconds = median(ours);
      double peerSeconds = median(peers);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("case", each.name());
      line.put("rows", each.rows());
      line.put("features", each.features());
      line.put("pairs", pairs);
      line.put("ratio", Suite.rounded(peerSeconds / seconds));
      line.put("seconds", Suite.rounded(seconds));
      line.put("peerSeconds", Suite.rounded(peerSeconds));
      line.put(
          "largestDifferenceOfCoefficients",
          apart(ours.get(pairs).model(), peers.get(pairs).model()));
      return line;
    } finally {
      rows.unpersist(true);
    }
  }

  private static Fit fit(LogisticRegression estimator, MllibCase each, Dataset<Row> rows) {
    estimator.setRegParam(each.regParam()).setStandardization(false);
    long start = System.nanoTime();
    LogisticRegressionModel model = estimator.fit(rows);
    return new Fit((System.nanoTime() - start) / 1e9, model);
  }

  /** The first fit is not counted. */
  private static double median(List<Fit> fits) {
    return Suite.median(fits.subList(1, fits.size()).stream().map(Fit::seconds).toList());
  }

  private static double apart(LogisticRegressionModel ours, LogisticRegressionModel peer) {
    double apart = Math.abs(ours.intercept() - peer.intercept());
    for (int j = 0; j < ours.coefficients().size(); j++) {
      apart =
          Math.max(apart, Math.abs(ours.coefficients().apply(j) - peer.coefficients().apply(j)));
    }
    return apart;
  }
}
