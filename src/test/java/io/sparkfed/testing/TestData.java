package io.sparkfed.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Public data sets, in the folder of the system property {@code sparkfed.testdata}. A test of an
 * absent set is skipped, or fails under {@code -Dsparkfed.testdata.required=true}.
 */
public final class TestData {
  private TestData() {}

  /** Returns a file of the test data, or skips the running test. */
  public static Path file(String name) {
    Path file = Path.of(System.getProperty("sparkfed.testdata", "../shared/data")).resolve(name);
    if (Files.isRegularFile(file)) {
      return file;
    }
    String why = name + " is not in the folder of -Dsparkfed.testdata";
    if (Boolean.getBoolean("sparkfed.testdata.required")) {
      return fail(why + ", and -Dsparkfed.testdata.required is set");
    }
    assumeTrue(false, "skipped: " + why);
    throw new AssertionError("an unmet assumption ends the test");
  }

  /** Returns the rows of a comma-separated file with a header, each by column name. */
  public static List<Map<String, String>> csv(String name) {
    List<String> lines = lines(name);
    String[] header = lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.isBlank()) {
        continue;
      }
      String[] cells = line.split(",", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int j = 0; j < header.length; j++) {
        row.put(header[j], cells[j]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** Returns the lines of a text file that are not blank. */
  public static List<String> lines(String name) {
    try {
      return Files.readAllLines(file(name), StandardCharsets.UTF_8).stream()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A row of a file in LIBSVM's format.
   *
   * @param isPositive whether its label begins with a plus
   * @param columns from 0, ascending
   */
  public record SparseRow(boolean isPositive, int[] columns, double[] values) {

    /** Returns the row with a 1 in a column behind its others: a bias like any other. */
    public SparseRow withBias(int column) {
      int[] more = Arrays.copyOf(columns, columns.length + 1);
      double[] ones = Arrays.copyOf(values, values.length + 1);
      more[columns.length] = column;
      ones[values.length] = 1.0;
      return new SparseRow(isPositive, more, ones);
    }
  }

  /** Returns the rows of a compressed file in LIBSVM's format. */
  public static List<SparseRow> libsvm(String name) {
    List<SparseRow> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file(name))), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] cells = line.strip().split("[ :]", -1);
        int entries = (cells.length - 1) / 2;
        int[] columns = new int[entries];
        double[] values = new double[entries];
        for (int k = 0; k < entries; k++) {
          columns[k] = Integer.parseInt(cells[1 + 2 * k]) - 1;
          values[k] = Double.parseDouble(cells[2 + 2 * k]);
        }
        rows.add(new SparseRow(cells[0].startsWith("+"), columns, values));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }
}
