package io.sparkfed.spark.rows;

import static io.sparkfed.spark.rows.LocalTraining.config;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.DataException;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose rows are whose, and which texts are the same, in every format. */
final class NamesIT {
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  private List<String> workers(String format, Path path, String column) throws IOException {
    return workers(format, path, column, "");
  }

  private List<String> workers(String format, Path path, String column, String more)
      throws IOException {
    String text =
        """
        data { format = %s, path = "%s", worker-column = %s }
        data { feature-columns = [x], label-column = y }
        aggregation.min-workers = 2
        """
                .formatted(format, path, column)
            + more;
    try (SparkFederation federation =
        new ShardLoader(spark, config(folder, text)).load().federation()) {
      return federation.workers();
    }
  }

  /** Hadoop's names of folders: a space may stand there as itself or escaped. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "json"})
  void load_foldersOfWorkers_idsAreTheirTexts(String format) throws IOException {
    Path table = folder.resolve("table");
    for (String name :
        List.of("01", "1", "1e3", "1000", "2024-01-01", "true", "1.50", "St. Mary%20", "a%2Fb")) {
      spark
          .range(3)
          .selectExpr("id * 1.0D as x", "id * 2.0D as y")
          .write()
          .option("header", true)
          .format(format)
          .save(table.resolve("site=" + name).toString());
    }

    assertEquals(
        List.of("01", "1", "1.50", "1000", "1e3", "2024-01-01", "St. Mary", "a/b", "true"),
        workers(format, table, "site"));
  }

  @Test
  void load_pooledCsv_idsAreTextsInSqlToo() throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("pooled.csv"),
            "site,a,y\n01,1,1\n1,2,2\n 1 ,3,3\n1e0,4,4\n002,5,5\n01,6,6\n");

    assertEquals(
        List.of("002", "01", "1"),
        workers(
            "csv", table, "site", "data { where = \"site <> '1e0'\", derive { x = \"a / 2\" } }"));
  }

  @Test
  void load_foldersThatDifferBySpace_areOneWorker() throws IOException {
    Path table = folder.resolve("table");
    for (String name : List.of("a", "a%20", "%09a", "b")) {
      spark
          .range(3)
          .selectExpr("id * 1.0D as x", "id * 2.0D as y")
          .write()
          .parquet(table.resolve("site=" + name).toString());
    }

    assertEquals(List.of("a", "b"), workers("parquet", table, "site"));
  }

  @Test
  void load_foldersOfOtherColumns_keepTheirTypes() throws IOException {
    Path table = folder.resolve("table");
    for (String name : List.of("site=01/year=2019", "site=1/year=2020")) {
      spark.range(5).selectExpr("id * 2.0D as y").write().parquet(table.resolve(name).toString());
    }
    String text =
        """
        data { format = parquet, path = "%s", worker-column = site }
        data { feature-columns = [x], label-column = y, derive { x = "year / 2" } }
        aggregation.min-workers = 2
        """
            .formatted(table);

    try (SparkFederation federation =
        new ShardLoader(spark, config(folder, text)).load().federation()) {
      assertEquals(List.of("01", "1"), federation.workers());
    }
    assertEquals(
        "true", spark.conf().get("spark.sql.sources.partitionColumnTypeInference.enabled"));
  }

  @Test
  void load_workerColumnOfAnyType_hasOneText() throws IOException {
    Map<String, List<String>> idsOf = new LinkedHashMap<>();
    idsOf.put("cast(id + 1 as int)", List.of("1", "2", "3"));
    idsOf.put("cast(id + 1 as double)", List.of("1", "2", "3"));
    idsOf.put("cast(id + 1 as decimal(10, 3))", List.of("1", "2", "3"));
    idsOf.put("(id + 1) / 4", List.of("0.25", "0.5", "0.75"));
    idsOf.put("(id + 1) * 1e8D", List.of("100000000", "200000000", "300000000"));
    idsOf.put("id = 0", List.of("false", "true"));
    idsOf.put(
        "date_add(date '2024-02-28', int(id))", List.of("2024-02-28", "2024-02-29", "2024-03-01"));
    idsOf.put("concat('0', id)", List.of("00", "01", "02"));
    idsOf.put("concat(' ', id, char(9))", List.of("0", "1", "2"));
    idsOf.put("concat(char(160), id, '  .0')", List.of("0 .0", "1 .0", "2 .0"));
    idsOf.put("array('1', ' 1', '01')[id]", List.of("01", "1"));
    idsOf.put("array('1', '1.0', '1e0')[id]", List.of("1", "1.0", "1e0"));
    idsOf.put("array('e\u0301', '\u00e9', 'e')[id]", List.of("e", "\u00e9"));
    Path table = written(List.copyOf(idsOf.keySet()));

    int column = 0;
    for (Map.Entry<String, List<String>> ids : idsOf.entrySet()) {
      assertEquals(ids.getValue(), workers("parquet", table, "site" + column++), ids.getKey());
    }
  }

  @Test
  void load_workerColumnWithoutIds_isRefused() {
    Map<String, String> refusals = new LinkedHashMap<>();
    refusals.put(
        "array(id)",
        "column site0 (data.worker-column) must hold text, numbers, booleans or dates; its type is"
            + " array<bigint>");
    refusals.put(
        "timestamp '2024-01-01 00:00:00'",
        "column site1 (data.worker-column) must hold text, numbers, booleans or dates; its type is"
            + " timestamp");
    for (String nobody : List.of("cast(null as string)", "char(160)", "double('NaN')")) {
      refusals.put(
          nobody, "data.worker-column: each row must name its worker, but this one does not");
    }
    Path table = written(List.copyOf(refusals.keySet()));

    int column = 0;
    for (String refusal : refusals.values()) {
      String name = "site" + column++;
      assertEquals(
          refusal,
          assertThrows(DataException.class, () -> workers("parquet", table, name)).getMessage());
    }
  }

  /** Writes rows whose columns site0, site1, ... are these of ids 0 to 2. */
  private Path written(List<String> sql) {
    List<String> columns = new ArrayList<>(List.of("n * 1.0D as x", "n * 2.0D as y"));
    for (String column : sql) {
      columns.add(column + " as site" + (columns.size() - 2));
    }
    Path table = folder.resolve("table");
    spark
        .range(0, 3, 1, 1)
        .crossJoin(spark.range(0, 2, 1, 1).toDF("n"))
        .selectExpr(columns.toArray(new String[0]))
        .coalesce(1)
        .write()
        .parquet(table.toString());
    return table;
  }

  /** A category's levels are told by its features. */
  private List<String> features(String format, String data) throws IOException {
    String text =
        """
        data { format = %s, feature-columns = [g], label-column = y, min-level-rows = 1 }
        data.categorical { g {} }
        aggregation.min-workers = 2
        """
                .formatted(format)
            + data;
    ShardLoader.Loaded loaded = new ShardLoader(spark, config(folder, text)).load();
    loaded.federation().close();
    return loaded.features();
  }

  @Test
  void load_levelsOfCsv_areOneWhateverTheirSpelling() throws IOException {
    Path a = Files.writeString(folder.resolve("a.csv"), "g,y\n1,1\n2,2\ntrue,1\nNew York,3\n");
    Path b =
        Files.writeString(
            folder.resolve("b.csv"),
            "g,y\n1.0,1\n02,2\nTRUE,1\n\u00a0New\u2009York,3\n+1e0,2\ncaf\u00e9,1\ncafe\u0301,2\n");
    String data =
        "data { min-level-workers = 1, workers { a = \"%s\", b = \"%s\" } }\n".formatted(a, b);

    assertEquals(List.of("g_2", "g_New York", "g_caf\u00e9", "g_true"), features("csv", data));
    assertEquals(
        List.of("g_02", "g_1", "g_1.0", "g_2", "g_New York", "g_TRUE", "g_caf\u00e9"),
        features("csv", data + "data.categorical.g.spelling = text\n").stream()
            .filter(name -> !name.equals("g_true"))
            .toList());
  }

  @Test
  void load_levelsOfTypedTables_areThoseOfTexts() throws IOException {
    StringBuilder data = new StringBuilder("data.workers {\n");
    int worker = 0;
    for (String type : List.of("string", "int", "double", "decimal(8, 2)")) {
      Path path = folder.resolve("w" + worker++);
      spark
          .range(4)
          .selectExpr("cast(id % 2 + 1 as " + type + ") as g", "id * 2.0D as y")
          .write()
          .parquet(path.toString());
      data.append("w" + worker + " = \"" + path + "\"\n");
    }

    assertEquals(List.of("g_2"), features("parquet", data + "}\n"));
  }

  @Test
  void load_textForAMissingLevel_isNoLevel() throws IOException {
    List<String> texts = List.of("NA", " NA\u00a0", "null", "", "NaN");
    Path path = folder.resolve("a");
    spark
        .range(3)
        .selectExpr(
            IntStream.rangeClosed(0, texts.size())
                .mapToObj(
                    k ->
                        k == texts.size()
                            ? "id * 2.0D as y"
                            : "if(id = 1, '" + texts.get(k) + "', 'x') as g" + k)
                .toArray(String[]::new))
        .coalesce(1)
        .write()
        .parquet(path.toString());
    Path twin = twin(path);
    for (int k = 0; k < texts.size(); k++) {
      String data =
          "data.workers { a = \"%s\", b = \"%s\" }\ndata.derive.g = g%d".formatted(path, twin, k);

      DataException refused = assertThrows(DataException.class, () -> features("parquet", data));
      assertTrue(
          refused.getMessage().startsWith("a worker, column g: is missing"), refused.getMessage());
    }
  }

  @Test
  void load_missingValuesOfOnesOwn_areTheOnlyOnes() throws IOException {
    Path path = folder.resolve("a");
    spark
        .range(4)
        .selectExpr("array('NA', 'x', 'y', 'NA')[id] as g", "id * 2.0D as y")
        .write()
        .parquet(path.toString());
    String data =
        "data.workers { a = \"%s\", b = \"%s\" }\ndata.missing-values = [\"?\"]\n"
            .formatted(path, twin(path));

    assertEquals(List.of("g_x", "g_y"), features("parquet", data));
  }

  @Test
  void load_pathsThatLookLikePatterns_areReadByName() throws IOException {
    Path csv = Files.writeString(folder.resolve("x[1].csv"), "g,y\na,1\nb,2\n");
    String data = "data.workers { a = \"%s\", b = \"%s\" }\n";

    assertEquals(List.of("g_b"), features("csv", data.formatted(csv, twin(csv))));

    Path parquet = folder.resolve("{x}");
    spark
        .range(2)
        .selectExpr("id as g", "id * 2.0D as y")
        .write()
        .parquet("" + folder.resolve("x"));
    Files.move(folder.resolve("x"), parquet);
    assertEquals(List.of("g_1"), features("parquet", data.formatted(parquet, twin(parquet))));

    Path colon = Files.writeString(folder.resolve("2024-01-01T10:00.csv"), "g,y\na,1\n");
    Path twin = twin(colon);
    for (String format : List.of("csv", "json")) {
      DataException refused =
          assertThrows(DataException.class, () -> features(format, data.formatted(colon, twin)));
      assertEquals(
          "data.workers.a: file "
              + colon
              + ": a local file with a colon in its name can't be read by Spark; rename it",
          refused.getMessage());
    }
  }

  @Test
  void load_columnsNamedByYears_areNames() throws IOException {
    Path path = folder.resolve("years");
    spark.range(3).selectExpr("id as `2019`", "id as g2", "id as y").write().parquet("" + path);
    String data = "data.workers { a = \"%s\", b = \"%s\" }\n".formatted(path, twin(path));

    DataException refused = assertThrows(DataException.class, () -> features("parquet", data));
    assertTrue(
        refused.getMessage().contains("does not exist; the nearest is g2. Columns: 2019, g2, y"),
        refused.getMessage());
  }

  /** Copies a file or folder under the same name: each worker has files of its own. */
  private static Path twin(Path path) throws IOException {
    Path twin = path.resolveSibling("twin").resolve(path.getFileName());
    Files.createDirectories(twin.getParent());
    try (Stream<Path> all = Files.walk(path)) {
      for (Path one : all.toList()) {
        Files.copy(one, twin.resolve(path.relativize(one).toString()));
      }
    }
    return twin;
  }
}
