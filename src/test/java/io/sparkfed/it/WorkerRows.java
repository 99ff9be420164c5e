package io.sparkfed.it;

import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows of a few workers with irregular numbers in every place, weights included: feature columns
 * {@code x1, x2...}, label {@code y}, weight {@code c}.
 *
 * @param features number of features
 * @param byWorker rows by worker, each {@code [x1, x2..., y, c]}
 */
public record WorkerRows(int features, SortedMap<String, List<double[]>> byWorker) {

  /** Generates workers a, b, c... with {@code rows}, {@code rows + 3}, {@code rows + 6}... rows. */
  public static WorkerRows generate(long seed, int workers, int rows, int features) {
    Random random = new Random(seed);
    SortedMap<String, List<double[]>> byWorker = new TreeMap<>();
    for (int k = 0; k < workers; k++) {
      List<double[]> own = new ArrayList<>();
      for (int i = 0; i < rows + 3 * k; i++) {
        double[] row = random.doubles(features + 2L, 0.05 + k, 1.0 + k).toArray();
        row[features] = IntStream.range(0, features).mapToDouble(j -> row[j] / (j + 1)).sum();
        own.add(row);
      }
      byWorker.put(String.valueOf((char) ('a' + k)), own);
    }
    return new WorkerRows(features, byWorker);
  }

  /** Returns the names of the columns. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    IntStream.rangeClosed(1, features).forEach(j -> columns.add("x" + j));
    columns.add("y");
    columns.add("c");
    return columns;
  }

  /** Returns the {@code data} lines of a configuration that name these columns. */
  public String columnsConfig() {
    return "data.label-column = y\ndata.weight-column = c\ndata.feature-columns = "
        + columns().subList(0, features)
        + "\n";
  }

  /** Writes one csv file for each worker and returns the path of each. */
  public Map<String, Path> writeCsv(Path folder) throws IOException {
    Map<String, Path> paths = new TreeMap<>();
    for (Map.Entry<String, List<double[]>> worker : byWorker.entrySet()) {
      Path file = folder.resolve(worker.getKey() + ".csv");
      writeCsv(file, worker.getValue());
      paths.put(worker.getKey(), file);
    }
    return paths;
  }

  /** Writes one worker's rows in another order, spread over several files of one folder. */
  public void writeCsvParts(Path folder, String worker, int files, long seed) throws IOException {
    List<double[]> shuffled = new ArrayList<>(byWorker.get(worker));
    Collections.shuffle(shuffled, new Random(seed));
    for (int f = 0; f < files; f++) {
      int from = f * shuffled.size() / files;
      int to = (f + 1) * shuffled.size() / files;
      writeCsv(folder.resolve("part-" + f + ".csv"), shuffled.subList(from, to));
    }
  }

  private void writeCsv(Path file, List<double[]> rows) throws IOException {
    Files.createDirectories(file.getParent());
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", columns()));
    for (double[] row : rows) {
      lines.add(
          IntStream.range(0, row.length)
              .mapToObj(j -> Double.toString(row[j]))
              .collect(Collectors.joining(",")));
    }
    Files.write(file, lines);
  }

  /** Packs the rows without Spark. */
  public Map<String, Shard> shards() {
    Map<String, Shard> shards = new TreeMap<>();
    byWorker.forEach(
        (worker, rows) -> {
          ShardBuilder builder = new ShardBuilder(worker, features);
          for (double[] row : rows) {
            double[] x = Arrays.copyOf(row, features);
            builder.addDense(x, row[features], row[features + 1], Part.TRAIN);
          }
          shards.put(worker, builder.build(0.0, 1L, false, new ModelShape(features, true)));
        });
    return shards;
  }

  /** Returns the {@code data.workers} section for these paths. */
  public static String workersConfig(Map<String, ?> paths) {
    return paths.entrySet().stream()
        .map(entry -> "data.workers." + entry.getKey() + " = \"" + entry.getValue() + "\"\n")
        .collect(Collectors.joining());
  }
}
