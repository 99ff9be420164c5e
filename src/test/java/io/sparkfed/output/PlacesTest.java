package io.sparkfed.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written stays apart from what is read, however both are spelled. */
class PlacesTest {
  private static final Configuration LOCAL = new Configuration(false);

  @TempDir Path root;

  /** Spellings of a path that exists or not, all of the same place. */
  private final Map<String, UnaryOperator<String>> spellings = new LinkedHashMap<>();

  @BeforeEach
  void folders() throws IOException {
    root = root.toRealPath();
    for (String folder : List.of("in/a/deep", "in/b", "other/x", "links")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.writeString(root.resolve("in/a/f.csv"), "x\n1\n");
    Files.writeString(root.resolve("in/b/f.csv"), "x\n1\n");
    Files.createSymbolicLink(root.resolve("links/top"), root);
    Files.createSymbolicLink(root.resolve("links/relative"), Path.of("../links/top"));
    String at = root.toString();
    String cwd = Path.of("").toAbsolutePath().toString();
    spellings.put("as it is", path -> path);
    spellings.put("slash", path -> path + "/");
    spellings.put("slashes", path -> path.replace(at, at.replace("/", "//")));
    spellings.put("dots", path -> path.replace(at, at + "/./other/../in/.."));
    spellings.put("scheme", path -> "file:" + path);
    spellings.put("scheme with slashes", path -> "file://" + path);
    spellings.put("capital scheme", path -> "FILE:" + path);
    spellings.put("relative", path -> Path.of(cwd).relativize(Path.of(path)).toString());
    spellings.put("link", path -> path.replace(at, at + "/links/top"));
    spellings.put("link to a link", path -> path.replace(at, at + "/links/relative"));
    spellings.put("link in a scheme", path -> "file:" + path.replace(at, at + "/links/top") + "/");
  }

  private String under(String path) {
    return path.isEmpty() ? root.toString() : root + "/" + path;
  }

  /** The oracle: of two real paths one begins with the other, name by name. */
  private static boolean meet(Path one, Path other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  @Test
  void requireApart_allPairsInAllSpellings_refusesExactlyThoseThatMeet() {
    List<String> paths =
        List.of(
            "",
            "in",
            "in/a",
            "in/a/f.csv",
            "in/a/deep",
            "in/a/new",
            "in/b",
            "in/abc",
            "other",
            "other/x",
            "other/new/deep",
            "new");
    List<String> wrong = new ArrayList<>();
    List<String> how = List.copyOf(spellings.keySet());
    int turn = 0;
    for (String read : paths) {
      for (String written : paths) {
        // Each pair of spellings comes with some pairs of paths, each pair of paths with some.
        turn++;
        for (int k = 0; k < how.size(); k++) {
          String readHow = how.get(k);
          String writtenHow = how.get((k + turn) % how.size());
          // What holds links/top holds a way to everything.
          boolean expected = read.isEmpty() || meet(Path.of(under(read)), Path.of(under(written)));
          Places places =
              new Places(LOCAL).reads("data.path", spellings.get(readHow).apply(under(read)));
          String error = error(places, "p", spellings.get(writtenHow).apply(under(written)));
          if (error.isEmpty() == expected) {
            wrong.add(read + " " + readHow + ", " + written + " " + writtenHow);
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static String error(Places places, String key, String written) {
    try {
      places.writes(key, written).requireApart();
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "in/*, in/a, true",
    "in/*, in, true",
    "in/*, '', true",
    "in/*, in/new, true",
    "in/*, in/a/new, true",
    "in/*/f.csv, in/a, true",
    "in/*/f.csv, in/new, false",
    "in/*/f.csv, in/a/f.csv, true",
    "in/[ab]/f.csv, in/b, true",
    "'{in/a,other/x}/f.csv', in/a, true",
    "'{in/a,other/x}/f.csv', in/b, false",
    "'{in/a,in/b}', in/b/new, true",
    "in/?, in/a/deep, true",
    "in/?, in/abc, false",
    "i*/a/f.csv, other, false",
    "links/top/in/*, in/b, true",
    "in/*, links/top/in/b, true",
  })
  void requireApart_glob_meetsWhatMatchesItNowOrWould(String glob, String written, boolean meets) {
    String pattern = glob.startsWith("{") ? root + "/" + glob : under(glob);

    String error = error(new Places(LOCAL).reads("data.path", pattern), "p", under(written));

    assertEquals(meets, !error.isEmpty(), error);
  }

  @Test
  void requireApart_linksInWhatIsRead_leadToWhatIsReadToo() throws IOException {
    Files.createDirectories(root.resolve("store/c"));
    Files.writeString(root.resolve("store/c/g.csv"), "x\n1\n");
    Files.createSymbolicLink(root.resolve("in/a/g.csv"), root.resolve("store/c/g.csv"));
    Files.createSymbolicLink(root.resolve("in/b/other"), root.resolve("other"));
    Files.createSymbolicLink(root.resolve("other/x/loop"), root.resolve("in"));
    Places places = new Places(LOCAL).reads("data.path", under("in"));

    assertTrue(error(places, "p", under("store/c")).contains("holds data.path"));
    assertTrue(
        error(new Places(LOCAL).reads("k", under("in")), "p", under("other/x/new"))
            .contains("lies in"));
    assertEquals("", error(new Places(LOCAL).reads("k", under("in")), "p", under("store/new")));
  }

  @Test
  void requireApart_linkThatLeadsNowhere_isWhereItLeads() throws IOException {
    Files.createSymbolicLink(root.resolve("links/gone"), root.resolve("in/a/gone"));
    Files.createSymbolicLink(root.resolve("links/itself"), root.resolve("links/itself"));

    assertTrue(
        error(new Places(LOCAL).reads("k", under("in/a")), "p", under("links/gone"))
            .contains("lies in k"));
    assertEquals(
        "", error(new Places(LOCAL).reads("k", under("in/a")), "p", under("links/itself")));
  }

  @Test
  void requireApart_operatingSystemsParentOfALink_isWhereTheLinkLeads() throws IOException {
    Files.createSymbolicLink(root.resolve("other/a"), root.resolve("in/a"));

    // Hadoop takes other/a/../b for other/b, the operating system for in/b: neither is written.
    Places keys = new Places(LOCAL).readsFolder("keys", Path.of(under("other/a/../b")));
    assertTrue(error(keys, "p", under("in/b")).contains("is keys"));
  }

  @ParameterizedTest
  @CsvSource({
    "hdfs://nn/data/a, hdfs://nn:8020/data, true",
    "hdfs://NN/data/a, HDFS://nn/data/a/new, true",
    "hdfs:///data/a, hdfs://nn:9000/data/a, true",
    "/data/a, hdfs://nn/data//a/, true",
    "/data/../data/a, webhdfs://nn:9870/data/a, true",
    "hdfs://nn/data/*/x, hdfs://nn/data, true",
    "hdfs://nn/data/a, hdfs://nn/data/ab, false",
    "hdfs://nn/data/a, hdfs://other/data/a, false",
    "hdfs://nn/data/a, file:/data/a, false",
    "s3://bucket/a, s3a://bucket/a/b, true",
    "s3a://bucket_1/a, s3a://bucket_2/a, false",
    "abfss://c@x.dfs.core.windows.net/a, abfs://c@x.dfs.core.windows.net/a, true",
  })
  void requireApart_otherFileSystems_bySpelling(String read, String written, boolean meet) {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.defaultFS", "hdfs://nn:9000");

    String error = error(new Places(hadoop).reads("data.path", read), "p", written);

    assertEquals(meet, !error.isEmpty(), error);
  }

  @Test
  void requireApart_twoPlacesThatAreWritten_mustBeApartToo() throws IOException {
    for (String[] pair :
        new String[][] {{"new/run", "new/run"}, {"new/run", "new/run/c"}, {"new/run", "new"}}) {
      Places places = new Places(LOCAL).writes("output.dir", under(pair[0]));
      String error = error(places, "checkpoint.dir", under("links/top/" + pair[1]));
      assertTrue(error.contains("each needs a place of its own"), error);
    }
    Places apart = new Places(LOCAL).writes("output.dir", under("new/run"));
    assertEquals("", error(apart, "checkpoint.dir", under("new/run2")));
  }

  @Test
  void writes_rootOrNoPath_isRefused() {
    for (String path : List.of("/", "file:///", "//", "/..", "a:b")) {
      assertThrows(IOException.class, () -> new Places(LOCAL).writes("output.dir", path), path);
    }
  }
}
