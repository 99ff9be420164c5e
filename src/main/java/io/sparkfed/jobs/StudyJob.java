package io.sparkfed.jobs;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.recipe.Studies;
import io.sparkfed.recipe.StudyText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the study of a configuration: what owners are asked to join. Runs without Spark. */
@Command(
    name = "jobs/study",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = {
      "Shows what a configuration asks of the owners' rows, and writes it for them.",
      "An owner checks the file with jobs/keys check."
    })
public final class StudyJob implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file (HOCON).")
  private Path conf;

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "Settings that override the file's.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--output", paramLabel = "FILE", description = "Write the study, signed.")
  private Path output;

  /** Entry point. */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the command and returns its exit code. */
  static int execute(String... args) {
    return KeysJob.execute(new StudyJob(), args);
  }

  @Override
  public Integer call() throws IOException {
    SignedStudy study = Studies.of(ConfigLoader.load(conf, Map.of(), overrides));
    StudyText.lines(study.open()).forEach(Terminal::line);
    if (output != null) {
      try {
        Files.write(
            output, study.toBytes(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (FileAlreadyExistsException e) {
        throw new IOException(output + " exists already; choose another --output", e);
      }
      Terminal.line("wrote " + output);
    }
    return 0;
  }
}
