package io.sparkfed.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs jobs in this JVM on a local Spark and keeps what they print: the process's streams with the
 * product's own logging configuration, so what a user sees on the terminal.
 */
public final class JobRunner implements BeforeAllCallback, AfterAllCallback {
  private static final Pattern STACK_FRAME = Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(");

  private final Map<String, String> spark =
      new LinkedHashMap<>(
          Map.of(
              "spark.master", "local[2]",
              "spark.ui.enabled", "false",
              "spark.sql.shuffle.partitions", "2"));
  private final Redirect out = new Redirect(System.out);
  private final Redirect err = new Redirect(System.err);

  /** How a job ended. */
  record Outcome(int code, String out, String err) {
    boolean showsStackTrace() {
      return STACK_FRAME.matcher(out + err).find();
    }

    List<String> errorLines() {
      return err.lines().filter(line -> line.startsWith("error: ")).toList();
    }

    @Override
    public String toString() {
      return "exit code " + code + "\n--- out\n" + out + "--- err\n" + err;
    }
  }

  /** A stream whose target changes under whoever holds it, like the console appender. */
  private static final class Redirect extends OutputStream {
    private final PrintStream original;
    private OutputStream target;

    Redirect(PrintStream original) {
      this.original = original;
      this.target = original;
    }

    synchronized ByteArrayOutputStream capture() {
      ByteArrayOutputStream captured = new ByteArrayOutputStream();
      target = captured;
      return captured;
    }

    synchronized void release() {
      target = original;
    }

    PrintStream stream() {
      return new PrintStream(this, true, StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(int b) throws IOException {
      target.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
    }

    @Override
    public synchronized void flush() throws IOException {
      target.flush();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    System.setOut(out.stream());
    System.setErr(err.stream());
    spark.forEach(System::setProperty);
    Configurator.reconfigure(Path.of("conf/log4j2.properties").toUri());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    spark.keySet().forEach(System::clearProperty);
    System.setOut(out.original);
    System.setErr(err.original);
    // By name: without one the configuration of the jobs would stay, and its stream with it.
    Configurator.reconfigure(
        URI.create(String.valueOf(JobRunner.class.getResource("/log4j2-test.properties"))));
  }

  Outcome train(String... args) {
    return run(TrainJob::execute, args);
  }

  Outcome evaluate(String... args) {
    return run(EvaluateJob::execute, args);
  }

  Outcome doctor(String... args) {
    return run(DoctorJob::execute, args);
  }

  Outcome predict(String... args) {
    return run(PredictJob::execute, args);
  }

  Outcome keys(String... args) {
    return run(KeysJob::execute, args);
  }

  Outcome study(String... args) {
    return run(StudyJob::execute, args);
  }

  private Outcome run(Function<String[], Integer> job, String... args) {
    ByteArrayOutputStream shown = out.capture();
    ByteArrayOutputStream errors = err.capture();
    try {
      int code = job.apply(args);
      return new Outcome(
          code, shown.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    } finally {
      out.release();
      err.release();
    }
  }

  /** Has something done with a session of its own, e.g. to write or read tables. */
  static <R> R withSpark(Function<SparkSession, R> work) {
    SparkSession session = SparkSession.builder().appName("test tables").getOrCreate();
    try {
      return work.apply(session);
    } finally {
      session.stop();
    }
  }

  /** Writes a text file, with its folders. */
  static Path write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the names in a folder, sorted; hidden ones too. */
  public static List<String> names(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
