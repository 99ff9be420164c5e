package io.sparkfed.jobs;

import java.nio.file.Path;
import java.util.List;

/** The rows of formulas.py, a third of them for each of three workers. */
final class FormulaRows {
  private static final int ROWS = 120;

  private FormulaRows() {}

  /** Writes {@code a.csv}, {@code b.csv} and {@code c.csv}, each row complete. */
  static void write(Path folder) {
    write(folder, 0);
  }

  /**
   * Writes them with a value missing in each tenth row, every other time in another column, in the
   * files of the first workers.
   */
  static void write(Path folder, int incompleteWorkers) {
    List<String> workers = List.of("a", "b", "c");
    for (int w = 0; w < workers.size(); w++) {
      StringBuilder text = new StringBuilder("age,ldl,sex,g,days,y,flag,count\n");
      for (int i = w; i < ROWS; i += workers.size()) {
        Object[] row = row(i);
        if (i % 10 == 3 && w < incompleteWorkers) {
          int gap = i / 10 % 4;
          row[new int[] {0, 1, 3, 5}[gap]] = new String[] {"NA", "", "null", "NaN"}[gap];
        }
        text.append(String.join(",", List.of(row).stream().map(String::valueOf).toList()));
        text.append('\n');
      }
      JobRunner.write(folder.resolve(workers.get(w) + ".csv"), text.toString());
    }
  }

  private static Object[] row(int i) {
    int sex = i * 5 / 3 % 2;
    return new Object[] {
      30.0 + i * 7 % 41,
      1.0 + i * 11 % 29 / 10.0,
      sex == 0 ? "f" : "m",
      1 + (i / 2 + i / 7) % 3,
      10.0 + i * 13 % 90,
      20.0 + i * 37 % 101 / 10.0 + i * 7 % 41 / 8.0 + sex * 2.5,
      (i * i * 31 + i * 7) % 11 < 5 ? 1 : 0,
      i * i * 17 % 7
    };
  }

  /** Returns a configuration of these files, without label and features. */
  static String conf(Path folder) {
    return """
        data.workers { a = "ROOT/a.csv", b = "ROOT/b.csv", c = "ROOT/c.csv" }
        algorithm { preset = fed-newton, tolerance = 1e-15 }
        """
        .replace("ROOT", folder.toString());
  }
}
