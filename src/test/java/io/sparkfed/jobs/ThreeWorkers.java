package io.sparkfed.jobs;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/** Three workers' files, and a configuration of a logistic model of them. */
final class ThreeWorkers {
  static final int ROWS_OF_A_WORKER = 40;

  private ThreeWorkers() {}

  /** Writes {@code a.csv}, {@code b.csv} and {@code c.csv}. */
  static void write(Path folder) {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(folder.resolve(worker + ".csv"), rows(worker));
    }
  }

  /** Rows with features of unlike scales, a class, a quantity and a split. */
  static String rows(String worker) {
    Random random = new Random(worker.hashCode());
    StringBuilder text = new StringBuilder("x1,x2,class,quantity,part\n");
    for (int i = 0; i < ROWS_OF_A_WORKER; i++) {
      double x1 = random.nextGaussian() + (worker.equals("c") ? 1.0 : 0.0);
      double x2 = 5.0 + 3.0 * random.nextGaussian();
      double score = x1 - 0.5 * (x2 - 5.0) + random.nextGaussian();
      text.append(
          String.format(
              Locale.ROOT,
              "%.4f,%.4f,%d,%.4f,%s%n",
              x1,
              x2,
              score > 0.0 ? 1 : 0,
              2.0 * score + 7.0,
              i % 4 == 0 ? "test" : "train"));
    }
    return text.toString();
  }

  /** Writes a configuration of a logistic model, in a folder; the files are in {@code root}. */
  static String conf(Path folder, Path root) {
    String text =
        """
        name = checked
        seed = 7
        data {
          workers { a = "ROOT/a.csv", b = "ROOT/b.csv", c = "ROOT/c.csv" }
          label-column = class
          feature-columns = [x1, x2]
          split.column = part
        }
        model.family = logistic
        algorithm { rounds = 3, local { steps = 3, step-size = 0.02 } }
        """
            .replace("ROOT", root.toString());
    return JobRunner.write(folder.resolve("run.conf"), text).toString();
  }

  /** Returns arguments with more of them. */
  static String[] with(String[] args, String... more) {
    return Stream.of(args, more).flatMap(Stream::of).toArray(String[]::new);
  }
}
