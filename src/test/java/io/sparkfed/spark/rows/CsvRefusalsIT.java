package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Csv files that can be read in no way or in several: refused with the file and the rule, with
 * hosts and without.
 */
@Timeout(180)
class CsvRefusalsIT extends SpelledCsv {
  /**
   * What is refused.
   *
   * @param name for the test's name
   * @param file what worker b has, at {@code b} or, where it begins with a name and a colon, there
   * @param settings more of them
   * @param told parts of the message
   */
  private record Refused(String name, String file, String settings, String... told) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Refused> refused() {
    String good = csv("b", "x1,x2,y");
    String bare = SECRET + ",7,7.5\n8,8,8.5\n";
    return Stream.of(
        new Refused("more cells", good + "1,1,5,3" + SECRET + "\n", "", "/b: has more cells"),
        new Refused("fewer cells", good + SECRET + ",1\n", "", "/b: has fewer cells"),
        new Refused("decimal commas", "x1,x2,y\n1,5,2,5," + SECRET + "\n", "", "/b: has more"),
        new Refused("open quote", good + "1,2,\"" + SECRET + "\n", "", "/b: a quoted value"),
        new Refused(
            "line in quotes",
            good + "1,2,\"3\n4\"\n",
            "data.options.multiLine = false",
            "/b: a line ends inside"),
        new Refused(
            "encoding",
            "x1,x2,y,note\n1,2,3,\u00FF" + SECRET + "\n",
            "data.options.encoding = \"US-ASCII\"",
            "/b: is not text in US-ASCII"),
        new Refused("no header", bare, "", "/b: column x1 (data.feature-columns) does not"),
        new Refused("no header in a folder", "b/2.csv:" + bare, "", "/b/2.csv: column x1"),
        new Refused(
            "no header, text",
            SECRET + ",a,b\n",
            "data.categorical { x1 {}, x2 {} }",
            "/b: column x1"),
        new Refused(
            "no header beside a schema",
            bare,
            "data { schema = \"x1 DOUBLE\", options.header = true }",
            "/b: column x1"),
        new Refused(
            "file that lacks a column",
            "b/2.csv:x1,y,z\n1,2," + SECRET + "\n",
            "",
            "worker b: column x2 (data.feature-columns) does not exist in file ",
            "/b/2.csv"),
        new Refused(
            "file that lacks a column of SQL",
            "b/2.csv:x1,x2,y\n1,2," + SECRET + "\n",
            "data.where = \"z > 0\"",
            "data.workers.a",
            "data.where"),
        new Refused(
            "column of the schema",
            good,
            "data { schema = \"x1 DOUBLE, z DOUBLE\", options.header = true }",
            "worker a: column z (data.schema) does not exist in file ",
            "/a"),
        new Refused(
            "type of the schema",
            good + SECRET + "x,1,1\n",
            "data { schema = \"x1 DOUBLE\", options.header = true }",
            "/b: column x1 must be of type double (data.schema)"),
        new Refused(
            "whole number of the schema",
            good + SECRET + ".5,1,1\n",
            "data { schema = \"x1 INT\", options.header = true }",
            "column x1 must be of type int"),
        new Refused(
            "thousands",
            "x1;x2;y\n1.234;1;1\n",
            "data.workers.b { options.sep = \";\", decimal = \",\" }",
            "/b: column x1 holds a number with a point, and data.decimal is a comma"),
        new Refused(
            "names are too many",
            good,
            "data.workers.b { columns = [p, q] }, data.workers.b.options.header = false",
            "column x1"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void load_whatCanBeReadInNoOrTwoWays_isRefusedWithoutItsContent(Refused refused)
      throws IOException {
    plain(folder);
    Files.delete(folder.resolve("b"));
    int colon = refused.file().indexOf(':');
    String place = colon > 0 ? refused.file().substring(0, colon) : "b";
    if (colon > 0) {
      write(folder.resolve("b/1.csv"), csv("b", "x1,x2,y"));
    }
    Files.createDirectories(folder.resolve(place).getParent());
    Files.write(
        folder.resolve(place),
        refused.file().substring(colon + 1).getBytes(StandardCharsets.UTF_8));
    for (boolean hosts : new boolean[] {false, true}) {
      RuntimeException e =
          assertThrows(
              RuntimeException.class, () -> coefficients(conf(folder, refused.settings(), hosts)));
      for (String part : refused.told()) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
      assertFalse(e.getMessage().contains(SECRET), e.getMessage());
      assertFalse(e.getMessage().matches("(?s).*\\brow \\d.*"), e.getMessage());
    }
  }
}
