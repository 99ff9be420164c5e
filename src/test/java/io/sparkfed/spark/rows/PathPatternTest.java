package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternTest {
  private static final Configuration HADOOP = new Configuration(false);

  @TempDir Path folder;

  private FileSystem fs;

  @BeforeEach
  void open() throws IOException {
    fs = new org.apache.hadoop.fs.Path(folder.toUri()).getFileSystem(HADOOP);
  }

  private PathPattern path(String name) {
    return new PathPattern(folder.resolve(name).toString());
  }

  private List<String> names(String name) throws IOException {
    return path(name).matchesOrNone(fs).stream().map(s -> s.getPath().getName()).toList();
  }

  /** What a reader that takes patterns reads of what it is given. */
  private List<String> globbed(String name) throws IOException {
    String readable = path(name).readable(HADOOP);
    return List.of(fs.globStatus(new org.apache.hadoop.fs.Path(readable))).stream()
        .map(s -> s.getPath().getName())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x[1].csv", "{a,b}.csv", "x[.csv", "a*b.csv", "why?.csv", "x].csv", "x.csv"})
  void matches_nameThatLooksLikeAPattern_isTheFile(String name) throws IOException {
    Files.createFile(folder.resolve(name));

    assertEquals(List.of(name), names(name));
    assertEquals(List.of(name), globbed(name));
  }

  @Test
  void matches_pattern_isItsFiles() throws IOException {
    Files.createFile(folder.resolve("x1.csv"));
    Files.createFile(folder.resolve("x2.csv"));

    assertEquals(List.of("x1.csv", "x2.csv"), names("x[12].csv"));
    assertEquals(path("x[12].csv").text(), path("x[12].csv").readable(HADOOP));
    assertEquals(List.of(), names("y*.csv"));
    assertEquals(List.of(), names("y.csv"));
  }

  @Test
  void matches_nameThatIsAPatternOfOthers_isRefused() throws IOException {
    Files.createFile(folder.resolve("x[1].csv"));
    Files.createFile(folder.resolve("x1.csv"));

    DataException refused = assertThrows(DataException.class, () -> path("x[1].csv").matches(fs));
    assertTrue(
        refused.getMessage().contains("x[1].csv exists, and is a pattern of others, too"),
        refused.getMessage());
    assertThrows(DataException.class, () -> path("x[1].csv").readable(HADOOP));
    assertEquals(List.of("x[1].csv"), names("x\\[1\\].csv"));
  }

  @Test
  void matches_localFileWithAColon_isRefusedWithTheReason() throws IOException {
    Path file = Files.createFile(folder.resolve("2024-01-01T10:00.csv"));

    assertEquals(
        "file "
            + file
            + ": a local file with a colon in its name can't be read by Spark; rename it",
        assertThrows(DataException.class, () -> path("2024-01-01T10:00.csv").matches(fs))
            .getMessage());
  }
}
