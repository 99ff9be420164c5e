package io.sparkfed.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachablePathsTest {
  @TempDir private Path folder;

  private List<Finding> check(String source) throws IOException {
    Path conf =
        Files.writeString(
            folder.resolve("run.conf"), "data.feature-columns = [x]\n" + source + "\n");
    return ReachablePaths.of(
        new Configuration(), ConfigLoader.load(conf, Map.of(), List.of()).data());
  }

  @ParameterizedTest
  @CsvSource({
    "rows.csv, OK, rows.csv",
    "rows, OK, rows",
    "rows/*.csv, OK, *.csv",
    "gone.csv, DANGER, does not exist",
    "rows/*.parquet, DANGER, does not exist",
    "shut.csv, DANGER, may not be read",
    "shut, DANGER, may not be read",
    "nowhere://host/rows, DANGER, no file system for nowhere",
    "hdfs://nowhere.invalid/rows, DANGER, no such host"
  })
  void of_workersPath_isTold(String path, Verdict verdict, String told) throws IOException {
    Files.writeString(folder.resolve("rows.csv"), "x,y\n1,2\n");
    Files.createDirectory(folder.resolve("rows"));
    Files.writeString(folder.resolve("rows/part.csv"), "x,y\n1,2\n");
    Files.writeString(folder.resolve("shut.csv"), "x,y\n1,2\n");
    Files.createDirectory(folder.resolve("shut"));
    for (String shut : List.of("shut.csv", "shut")) {
      Files.setPosixFilePermissions(
          folder.resolve(shut), PosixFilePermissions.fromString("---------"));
    }
    String full = path.contains(":") ? path : folder.resolve(path).toString();

    List<Finding> found =
        check("data.workers { good = \"" + folder.resolve("rows") + "\", a = \"" + full + "\" }");

    assertEquals(2, found.size());
    assertEquals("data.workers.a", found.get(0).check());
    assertEquals(verdict, found.get(0).verdict(), found.toString());
    assertTrue(found.get(0).is().contains(told), found.toString());
    assertEquals(Verdict.OK, found.get(1).verdict(), found.toString());
    found.forEach(finding -> assertEquals(Area.DATA, finding.area()));
  }

  @Test
  void of_pooledTable_isOnePath() throws IOException {
    String table = folder.resolve("pooled.csv").toString();
    List<Finding> found =
        check("data { path = \"" + table + "\", worker-column = owner, format = csv }");

    assertEquals(1, found.size());
    assertEquals("data.path", found.get(0).check());
    assertEquals(Verdict.DANGER, found.get(0).verdict());
  }

  @Test
  void of_sourceWithoutAPath_isSaidNotToBeChecked() throws IOException {
    List<Finding> found = check("data { format = jdbc, worker-column = owner }");

    assertEquals(Verdict.WARN, found.get(0).verdict());
    assertTrue(found.get(0).is().startsWith("jdbc"), found.toString());
  }

  @Test
  void of_generatedRows_isOk() throws IOException {
    assertEquals(Verdict.OK, check("data.synthetic.workers = 3").get(0).verdict());
  }
}
