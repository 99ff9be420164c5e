package io.sparkfed.pages;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.KnownKeys;
import io.sparkfed.jobs.AgentJob;
import io.sparkfed.jobs.CompareJob;
import io.sparkfed.jobs.DoctorJob;
import io.sparkfed.jobs.EvaluateJob;
import io.sparkfed.jobs.KeysJob;
import io.sparkfed.jobs.PredictJob;
import io.sparkfed.jobs.StudyJob;
import io.sparkfed.jobs.TrainJob;
import io.sparkfed.pages.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Commands of the pages' {@code sh} blocks that aren't marked as not run: each is one of {@code
 * jobs/}, its options are the job's, and with its settings its configuration loads, which is in
 * {@code conf} or a block of the page that begins with its name. Words in capitals stand for the
 * reader's own.
 */
class CommandsTest {
  private static final Map<String, Class<?>> JOBS =
      Map.of(
          "train", TrainJob.class,
          "evaluate", EvaluateJob.class,
          "predict", PredictJob.class,
          "doctor", DoctorJob.class,
          "compare", CompareJob.class,
          "study", StudyJob.class,
          "agent", AgentJob.class,
          "keys", KeysJob.class);

  @TempDir Path folder;

  /** A command and where it stands. */
  record Command(Block block, List<String> words) {
    @Override
    public String toString() {
      return block + ": " + String.join(" ", words);
    }
  }

  static Stream<Command> commands() {
    return Page.blocksOf("sh").stream()
        .filter(block -> !block.isMarked())
        .flatMap(block -> block.commands().stream().map(words -> new Command(block, words)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commands_areUnderstood(Command command) {
    List<String> words = command.words();
    assertTrue(words.get(0).startsWith("jobs/"), command::toString);
    assertTrue(Files.isExecutable(Path.of(words.get(0))), command::toString);
    int options = words.contains("--") ? words.indexOf("--") : words.size();
    List<String> arguments = words.subList(1, options);
    String job = words.get(0).substring("jobs/".length());
    if (job.equals("benchmark")) {
      requireSuite(arguments.get(0));
      return;
    }
    assertDoesNotThrow(
        () -> new CommandLine(JOBS.get(job)).parseArgs(arguments.toArray(String[]::new)));
    if (arguments.contains("--keys")) {
      return;
    }
    List<String> settings =
        arguments.stream().filter(word -> word.matches("[a-z][\\w.-]+=.*")).toList();
    arguments.stream()
        .filter(word -> word.endsWith(".conf"))
        .forEach(file -> assertDoesNotThrow(() -> load(command.block(), file, settings)));
    settings.forEach(setting -> KnownKeys.under(setting.split("=", 2)[0]));
  }

  private static void requireSuite(String suite) {
    String name = suite.substring(0, 1).toUpperCase(Locale.ROOT) + suite.substring(1);
    Path source = Path.of("src/benchmark/java/io/sparkfed/benchmark", name + "Benchmark.java");
    // The kernels' name is in the singular.
    Path singular = Path.of(source.toString().replace("sBenchmark", "Benchmark"));
    assertTrue(Files.exists(source) || Files.exists(singular), suite);
  }

  private void load(Block block, String file, List<String> settings) throws IOException {
    ConfigLoader.load(
        Files.exists(Path.of(file)) ? Path.of(file) : written(block.page(), file),
        Map.of(),
        new ArrayList<>(settings));
  }

  /** Writes a configuration that the page has its reader write. */
  private Path written(Path page, String file) throws IOException {
    String name = "name = " + file.replace(".conf", "") + "\n";
    Block configuration =
        Page.blocksOf("hocon").stream()
            .filter(block -> block.page().equals(page) && block.text().startsWith(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError(page + " has no " + file));
    return Files.writeString(folder.resolve(file), configuration.text());
  }
}
