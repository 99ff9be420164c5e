package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvDialect.Text;
import io.sparkfed.data.Cells;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.CsvRows.Output;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvCellRowsTest {
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir private Path folder;

  private CsvFile file(String name, String content) throws IOException {
    Path path = Files.writeString(folder.resolve(name), content);
    LinkedHashMap<String, String> partition = new LinkedHashMap<>();
    partition.put("Site", "north");
    Listed listed =
        new Listed(
            path.toUri().toString(),
            Files.size(path),
            Files.getLastModifiedTime(path).toMillis(),
            partition,
            new ArrayList<>(),
            new ArrayList<>());
    return new CsvFile(listed, new ArrayList<>(NAMES), new HashMap<>());
  }

  private static CsvDialect dialect(char decimal, List<String> missing) {
    Text text = new Text("UTF-8", ";", '"', '\0', '\0', '\0', true, false, false);
    return new CsvDialect(text, false, List.of(), decimal, MissingTexts.of(missing), false);
  }

  private static Output output(String source, DataType declared) {
    CsvCells cells =
        declared == null ? CsvCells.texts() : CsvCells.declared(source, declared, ZoneOffset.UTC);
    return new Output(source, source, cells);
  }

  private static Output text(String source) {
    return output(source, null);
  }

  private record Reading(List<CsvFile> files, CsvDialect dialect, List<Output> outputs) {
    CsvCellRows cells() {
      return new CsvCellRows(files.iterator(), dialect, outputs, new Configuration(false));
    }

    CsvRows rows() {
      return new CsvRows(files.iterator(), dialect, outputs, new Configuration(false));
    }
  }

  /** Returns the rows' values, and what is wrong with the one that can't be read. */
  private static List<Object> ofSpark(Reading reading) {
    List<Object> all = new ArrayList<>();
    try {
      reading
          .rows()
          .forEachRemaining(
              row -> {
                List<Object> values = new ArrayList<>();
                for (int j = 0; j < reading.outputs().size(); j++) {
                  DataType type = reading.outputs().get(j).cells().type();
                  values.add(
                      CatalystTypeConverters.createToScalaConverter(type).apply(row.get(j, type)));
                }
                all.add(values);
              });
    } catch (UnreadableFileException e) {
      all.add(e.getMessage());
    }
    return all;
  }

  private static List<Object> ofCells(Reading reading, Random random) {
    List<Object> all = new ArrayList<>();
    CsvCellRows rows = reading.cells();
    int width = reading.outputs().size();
    double[] numbers = new double[3 * width];
    try {
      while (true) {
        int taken = random.nextBoolean() ? rows.take(3, width, numbers, 0) : 0;
        for (int i = 0; i < taken; i++) {
          List<Object> values = new ArrayList<>();
          for (int j = 0; j < width; j++) {
            values.add(numbers[i * width + j]);
          }
          all.add(values);
        }
        if (!rows.next()) {
          return all;
        }
        List<Object> values = new ArrayList<>();
        for (int j = 0; j < width; j++) {
          values.add(rows.cells().isNull(j) ? null : rows.cells().value(j));
        }
        all.add(values);
      }
    } catch (UnreadableFileException e) {
      all.add(e.getMessage());
      assertEquals(
          e.getMessage(), assertThrows(UnreadableFileException.class, rows::next).getMessage());
    }
    return all;
  }

  /** A text and the number that it was taken as are the same to who reads numbers. */
  private static Object asNumber(Object row) {
    if (!(row instanceof List<?> values)) {
      return row;
    }
    List<Object> numbers = new ArrayList<>();
    for (Object value : values) {
      try {
        numbers.add(value == null ? null : Double.valueOf(value.toString()));
      } catch (NumberFormatException e) {
        numbers.add(value);
      }
    }
    return numbers;
  }

  @Test
  void rows_ofAnyTable_holdWhatSparksRowsHold() throws IOException {
    Random random = new Random(17);
    List<String> pieces =
        List.of(
            "1",
            "-2.5",
            "007",
            "1e400",
            "1,5",
            "1.234,5",
            "",
            "NA",
            "-9",
            "-9.0",
            "true",
            "x y",
            "2024-02-29",
            "2024-02-29 12:30:00.5",
            "NaN",
            "0.1",
            "12345678901234567890");
    List<DataType> types =
        List.of(
            DataTypes.DoubleType,
            DataTypes.FloatType,
            DataTypes.LongType,
            DataTypes.IntegerType,
            DataTypes.BooleanType,
            DataTypes.StringType,
            DataTypes.DateType,
            DataTypes.TimestampType,
            DataTypes.createDecimalType(10, 2));
    for (int trial = 0; trial < 600; trial++) {
      boolean isClean = random.nextInt(3) == 0;
      int known = isClean ? 2 : pieces.size();
      List<CsvFile> files = new ArrayList<>();
      for (int f = random.nextInt(3); f >= 0; f--) {
        StringBuilder content = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
          for (String mark : List.of(";", ";", random.nextInt(40) == 0 ? ";\n" : "\n")) {
            content.append(pieces.get(random.nextInt(known))).append(mark);
          }
        }
        files.add(file(trial + "-" + f + ".csv", content.toString()));
      }
      List<Output> outputs = new ArrayList<>();
      for (String name : List.of("c", "a", "b", "a", "absent", "site")) {
        boolean isText = isClean || random.nextInt(3) > 0;
        if (random.nextBoolean()) {
          outputs.add(output(name, isText ? null : types.get(random.nextInt(types.size()))));
        }
      }
      Reading reading =
          new Reading(
              files,
              dialect(
                  random.nextInt(3) == 0 ? ',' : '.',
                  random.nextBoolean() ? List.of("NA") : List.of("-9", "NA")),
              outputs);

      List<Object> expected = ofSpark(reading);
      List<Object> read = ofCells(reading, random);

      assertEquals(
          expected.stream().map(CsvCellRowsTest::asNumber).toList(),
          read.stream().map(CsvCellRowsTest::asNumber).toList(),
          reading::toString);
    }
  }

  @Test
  void cells_ofTexts_stayTextsWhateverTheyLookLike() throws IOException {
    CsvCellRows rows =
        new Reading(
                List.of(file("codes.csv", "007;1.50;NA\n")),
                dialect('.', List.of("NA")),
                List.of(text("a"), text("b"), text("c"), text("site")))
            .cells();

    assertTrue(rows.next());
    assertEquals(Cells.Kind.TEXT, rows.kind(0));
    assertEquals("007", rows.value(0));
    assertEquals(7.0, rows.number(0));
    assertEquals("1.50", rows.value(1));
    assertTrue(rows.isNull(2));
    assertEquals("north", rows.value(3));
    assertFalse(rows.next());
  }

  @Test
  void take_rowsBeforeABrokenOne_comeFirst() throws IOException {
    CsvCellRows rows =
        new Reading(
                List.of(file("short.csv", "1;2;3\n4;5;6\n7;8\n")),
                dialect('.', List.of("NA")),
                List.of(text("a"), text("b"), text("c")))
            .cells();
    double[] numbers = new double[30];

    assertEquals(2, rows.take(10, 3, numbers, 0));
    assertEquals(6.0, numbers[5]);
    UnreadableFileException e = assertThrows(UnreadableFileException.class, rows::next);
    assertTrue(e.getMessage().endsWith("short.csv: has fewer cells than its file has columns"));
  }
}
