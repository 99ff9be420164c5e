package io.sparkfed.hint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages that don't know the configuration don't name its keys: they have hints for that. */
class CoreMessagesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/sparkfed");

  private static final List<String> CORE =
      List.of(
          "math",
          "wire",
          "loss",
          "model",
          "data",
          "csv",
          "objective",
          "solver",
          "aggregate",
          "secure",
          "server",
          "evaluation",
          "federated",
          "spark/cluster");

  /** What only a configuration has, so that whoever reads of it knows keys. */
  private static final List<String> OF_FILES =
      List.of(
          "csv/CsvRecords.java", // options of csv files
          "csv/CsvText.java", // the same
          "model/formula/", // the formula is a key itself
          "spark/cluster/Place.java"); // the hosts of a worker's files

  /** A comment, a character, or a text. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "/\\*(?s:.*?)\\*/|//[^\n]*|'(?:[^'\\\\]|\\\\.)+'"
              + "|\"\"\"((?s:.*?))\"\"\"|\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"");

  private static final Pattern KEY =
      Pattern.compile(
          "(?<![\\w.])(?:"
              + ConfigFactory.parseResources("io/sparkfed/config/reference.conf")
                  .root()
                  .entrySet()
                  .stream()
                  .filter(entry -> entry.getValue() instanceof com.typesafe.config.ConfigObject)
                  .map(entry -> Pattern.quote(entry.getKey()))
                  .collect(Collectors.joining("|"))
              + ")\\.[a-z]");

  @Test
  void core_namesNoKey() throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : CORE) {
      try (Stream<Path> files = Files.walk(SOURCES.resolve(name))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String relative = SOURCES.relativize(file).toString().replace('\\', '/');
          if (OF_FILES.stream().noneMatch(relative::startsWith)) {
            keys(Files.readString(file)).forEach(text -> found.add(relative + ": " + text));
          }
        }
      }
    }
    assertEquals(List.of(), found);
  }

  /** The exceptions are ones, and what reads sources finds keys, in texts alone. */
  @Test
  void keys_ofTexts_areFound() throws IOException {
    for (String name : OF_FILES) {
      try (Stream<Path> files = Files.walk(SOURCES.resolve(name))) {
        boolean any = false;
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          any |= !keys(Files.readString(file)).isEmpty();
        }
        assertTrue(any, name);
      }
    }
    assertEquals(
        List.of("\n of model.l1\n"), keys("String a = \"\"\"\n of model.l1\n\"\"\" + \"b\";"));
    assertEquals(
        List.of("set model.l2 > 0", " (data.workers."),
        keys("a(\"set model.l2 > 0\", '\"', \" (data.workers.\", \"io.data.b\"); // \"model.l1\""));
  }

  private static List<String> keys(String source) {
    return TOKEN
        .matcher(source)
        .results()
        .map(token -> token.group(1) == null ? token.group(2) : token.group(1))
        .filter(text -> text != null && KEY.matcher(text).find())
        .toList();
  }
}
