package io.sparkfed.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One case of {@link WholeBenchmark}.
 *
 * @param rows name of the case in {@link MllibCase} that tells what rows there are
 * @param format of the files: parquet or csv
 * @param count number of rows
 * @param peer what it is compared with
 */
record WholeCase(String name, String rows, String format, int count, Peer peer) {
  static final int ROUNDS = 10;
  private static final int BATCH = 32;
  private static final double STEP_SIZE = 0.1;

  /** What a case is compared with. */
  enum Peer {
    /** MLlib's estimator on all files as one table, with the same memory. */
    MLLIB,
    /** Federated averaging with numpy and pandas in one process. */
    NUMPY,
    /** Nothing: the time itself is of interest. */
    NOBODY
  }

  static final List<WholeCase> ALL =
      List.of(
          new WholeCase("dense-parquet", "logistic-1m-50", "parquet", 1_000_000, Peer.MLLIB),
          new WholeCase("dense-csv", "logistic-1m-50", "csv", 1_000_000, Peer.MLLIB),
          new WholeCase("sparse-parquet", "logistic-sparse", "parquet", 200_000, Peer.MLLIB),
          new WholeCase("fed-avg-csv", "logistic-1m-50", "csv", 100_000, Peer.NUMPY),
          new WholeCase("fed-avg-parquet", "logistic-1m-50", "parquet", 100_000, Peer.NUMPY),
          new WholeCase("tutorial", "", "", 0, Peer.NOBODY));

  /** Whether the rows are made for this, and not those that the tutorial has. */
  boolean hasOwnRows() {
    return count > 0;
  }

  WholeCase scaled(double factor) {
    int scaled = Math.max(MllibCase.WORKERS, (int) Math.round(count * factor));
    return count == 0 ? this : new WholeCase(name, rows, format, scaled, peer);
  }

  boolean isAveraging() {
    return peer == Peer.NUMPY;
  }

  MllibCase generated() {
    return MllibCase.named(rows).withRows(count);
  }

  /** Returns the folder with a folder for each worker. */
  Path folder(Path files, String ofFormat) {
    return files.resolve(rows + "-" + count + "-" + ofFormat);
  }

  /** Returns the configuration of our command. */
  String configuration(Path files, Path output) {
    MllibCase generated = generated();
    List<String> lines = new ArrayList<>();
    lines.add("name = \"" + name + "\"");
    lines.add("data.format = " + format);
    for (String worker : WholeRows.workers()) {
      lines.add("data.workers." + worker + " = \"" + folder(files, format).resolve(worker) + "\"");
    }
    lines.add("data.label-column = label");
    lines.add(
        generated.nonZeros() > 0
            ? "data.features-column = features"
            : "data.feature-columns = "
                + WholeRows.features(generated.features()).stream()
                    .collect(Collectors.joining(", ", "[", "]")));
    lines.add("model { family = logistic, standardize = none, l2 = " + generated.regParam() + " }");
    lines.add(
        isAveraging()
            ? "algorithm { preset = fed-avg, rounds = "
                + ROUNDS
                + ", weighting = rows, local { solver = sgd, epochs = 1, loss = mean, batch-size = "
                + BATCH
                + ", step-size = "
                + STEP_SIZE
                + " } }"
            : "algorithm.preset = auto");
    lines.add("aggregation.mode = masked");
    lines.add("output { dir = \"" + output + "\", overwrite = true }");
    return String.join("\n", lines) + "\n";
  }

  /** Returns the peer's script and its arguments. */
  List<String> script(Path root, Path files) {
    return List.of(
        root.resolve("src/benchmark/python/fedavg.py").toString(),
        folder(files, "csv").toString(),
        Integer.toString(ROUNDS),
        Integer.toString(BATCH),
        Double.toString(STEP_SIZE));
  }
}
