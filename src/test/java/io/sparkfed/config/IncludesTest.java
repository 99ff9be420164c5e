package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncludesTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"nothing.conf\"",
        "include \"nothing\"",
        "include required(\"nothing.conf\")",
        "include file(\"nothing.conf\")",
        "include required(file(\"nothing.conf\"))",
        "include \"sub/nothing.conf\"",
        "model { include \"nothing.json\" }",
        "include \"/no/such/nothing.conf\""
      })
  void load_includeOfNoFile_namesTheFile(String line) {
    String message = files.refusal(line + "\n" + ConfigFiles.LEAST);

    assertTrue(message.startsWith("include \""), message);
    assertTrue(message.contains("run.conf"), message);
    assertTrue(message.contains("nothing"), message);
    assertTrue(message.endsWith("does not exist"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include classpath(\"reference.conf\")",
        "include url(\"http://127.0.0.1:1/a.conf\")",
        "include required(url(\"file:/etc/a.conf\"))",
        "include \"http://127.0.0.1:1/a.conf\"",
        "include \"file:///etc/a.conf\""
      })
  void load_includeOfNoPlainFile_isRefused(String line) {
    String message = files.refusal(line + "\n" + ConfigFiles.LEAST);

    assertTrue(message.endsWith("only files can be included"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"policy.conf\"",
        "include \"policy\"",
        "include file(\"policy.conf\")",
        "include required(\"policy.conf\")",
        "include \"./a/../policy.conf\""
      })
  void load_includeOfAFile_isRead(String line) throws IOException {
    write("policy.conf", "aggregation.min-workers = 7");

    assertEquals(7, files.load(line + "\n" + ConfigFiles.LEAST).aggregation().minWorkers());
  }

  @Test
  void load_nestedIncludes_areRelativeToTheFileThatIncludes() throws IOException {
    write("sites/policy.conf", "include \"deeper/least\"\nalgorithm.rounds = 9");
    write("sites/deeper/least.json", "{\"aggregation\": {\"min-workers\": 8}}");
    write("least.json", "{\"aggregation\": {\"min-workers\": 4}}");
    write("family.properties", "family=poisson");
    String text =
        "include \"sites/policy.conf\"\n" + ConfigFiles.LEAST + "model { include \"family\" }\n";

    TrainingConfig config = files.load(text);

    assertEquals(8, config.aggregation().minWorkers());
    assertEquals(9, config.algorithm().rounds());
    assertEquals("POISSON", config.model().family().name());
    assertEquals(
        List.of("run.conf", "policy.conf", "least.json", "family.properties"),
        ConfigLoader.files(folder.resolve("run.conf")).stream()
            .map(file -> file.getFileName().toString())
            .toList());
  }

  @Test
  void load_fileAloneWithWhatItIncludes_isFoundThere() throws IOException {
    write("policy.conf", "aggregation.min-workers = 7");
    Path run =
        files.file(
            "include \"sites/policy.conf\"\ninclude \"/etc/x/policy.conf\"\n" + ConfigFiles.LEAST);

    assertEquals(
        7,
        ConfigLoader.load(run, Path.of("/elsewhere"), Map.of(), List.of())
            .aggregation()
            .minWorkers());
    String inPlace =
        assertThrows(
                ConfigurationException.class, () -> ConfigLoader.load(run, Map.of(), List.of()))
            .getMessage();
    assertTrue(inPlace.contains("sites/policy.conf"), inPlace);
  }

  @Test
  void load_circle_isTold() throws IOException {
    write("a.conf", "include \"b.conf\"");
    write("b.conf", "include \"run\"");

    String message = files.refusal("include \"a.conf\"\n" + ConfigFiles.LEAST);

    assertTrue(message.contains("must not include itself"), message);
    assertTrue(message.contains("a.conf includes"), message);
  }

  @Test
  void load_includeOnTheCommandLine_isRefused() {
    String message = files.refusalOf("model={ include \"policy.conf\" }");

    assertTrue(message.contains("needs a file"), message);
  }
}
