package io.sparkfed.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs small jobs of most kinds in a folder of its own. The launchers start it once for each build,
 * with a JVM that archives the classes it has loaded when it ends.
 */
public final class ClassesOfJobs {
  private static final int MOST_MINUTES = 5;
  private static final int ROWS = 20;
  private static final List<String> WORKERS = List.of("a", "b", "c");

  private ClassesOfJobs() {}

  /** Entry point for spark-submit. */
  public static void main(String[] args) throws IOException {
    Thread watchdog = new Thread(ClassesOfJobs::endLate, "too late for an archive");
    watchdog.setDaemon(true);
    watchdog.start();
    Path folder = Files.createTempDirectory("spark-federated-classes");
    int code;
    try {
      code = runIn(folder);
    } finally {
      delete(folder);
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the jobs, and returns the first exit code that is not 0. */
  static int runIn(Path folder) throws IOException {
    for (String worker : WORKERS) {
      Files.write(folder.resolve(worker + ".csv"), rows(worker));
    }
    String csv = conf(folder, "csv", ".csv");
    String parquet = conf(folder, "parquet", ".parquet");
    String model = folder.resolve("exact").toString();
    List<List<String>> jobs = new ArrayList<>();
    jobs.add(List.of("train", csv, "output.dir=" + model, "algorithm.preset=auto"));
    jobs.add(List.of("evaluate", csv, "--model", model));
    // Predictions keep the columns: they are the parquet files of the last job.
    for (String worker : WORKERS) {
      String path = folder.resolve(worker + ".parquet").toString();
      jobs.add(List.of("predict", csv, "--model", model, "predictions.path=" + path));
    }
    jobs.add(
        List.of(
            "train",
            parquet,
            "output.dir=" + folder.resolve("averaged"),
            "algorithm.preset=fed-avg",
            "aggregation.mode=secure-worker"));
    for (List<String> job : jobs) {
      int code = run(job.get(0), job.subList(1, job.size()).toArray(String[]::new));
      if (code != 0) {
        return code;
      }
    }
    return 0;
  }

  private static int run(String job, String... args) {
    return switch (job) {
      case "train" -> TrainJob.execute(args);
      case "evaluate" -> EvaluateJob.execute(args);
      default -> PredictJob.execute(args);
    };
  }

  private static List<String> rows(String worker) {
    Random random = new Random(worker.hashCode());
    Stream<String> rows =
        IntStream.range(0, ROWS)
            .mapToObj(
                i -> random.nextInt(2) + "," + random.nextGaussian() + "," + random.nextGaussian());
    return Stream.concat(Stream.of("y,x1,x2"), rows).toList();
  }

  private static String conf(Path folder, String format, String ending) throws IOException {
    String workers =
        WORKERS.stream()
            .map(worker -> worker + " = \"" + folder.resolve(worker) + ending + "\"")
            .collect(Collectors.joining(", "));
    return Files.writeString(
            folder.resolve(format + ".conf"),
            """
            name = classes
            data {
              workers { %s }
              format = %s
              label-column = y
              feature-columns = [x1, x2]
            }
            model.family = logistic
            algorithm.rounds = 3
            """
                .formatted(workers, format))
        .toString();
  }

  private static void endLate() {
    try {
      TimeUnit.MINUTES.sleep(MOST_MINUTES);
    } catch (InterruptedException e) {
      return;
    }
    Runtime.getRuntime().halt(1);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
