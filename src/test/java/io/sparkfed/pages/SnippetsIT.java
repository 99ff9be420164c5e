package io.sparkfed.pages;

import io.sparkfed.it.NoteRun;
import io.sparkfed.pages.Page.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages' snippets in Java and Scala run, on a table of three hospitals. Those in Python are run
 * by {@code src/test/python/estimators.py}.
 */
class SnippetsIT {
  private static final String TABLE = "rows_of_hospitals";

  @TempDir Path folder;

  private static SparkSession spark;
  private static Dataset<Row> rows;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3)
            .getOrCreate();
    Dataset<Row> numbers =
        spark
            .range(120)
            .selectExpr(
                "concat('w', id % 3) AS hospital",
                "double((id * 7) % 11) AS a",
                "double((id * 5) % 13) AS b",
                "double((id * id) % 5 > 1) AS label");
    rows =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("features")
            .transform(numbers)
            .cache();
    rows.createOrReplaceTempView(TABLE);
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  private static List<Block> toRun(List<Block> blocks) {
    return blocks.stream().filter(block -> !block.isMarked()).toList();
  }

  @Test
  void javaOfThePages_runs() throws Exception {
    JavaSnippets snippets = JavaSnippets.compiled(folder);
    for (Block block : toRun(snippets.blocks())) {
      snippets.run(block, spark, rows);
    }
  }

  @Test
  void scalaOfThePages_runs() {
    try (NoteRun run = new NoteRun(spark, Map.of())) {
      run.scala("val rows = spark.table(\"" + TABLE + "\")");
      for (Block block : toRun(Page.blocksOf("scala"))) {
        run.scala(block.text());
      }
    }
  }
}
