package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.KnownKeys;
import io.sparkfed.doctor.ClusterSettings;
import io.sparkfed.hint.Worded;
import io.sparkfed.model.ShownText;
import io.sparkfed.output.DiskFailures;
import io.sparkfed.report.LibraryVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.RunLast;

/** Runs a job's command line and turns failures into one message and an exit code. */
final class JobMain {
  private JobMain() {}

  /** What --version prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Spark Federated " + LibraryVersion.current()};
    }
  }

  /**
   * Returns settings of a job's session beside those it was submitted with: tasks wait for the
   * executor that keeps their worker's rows, where its keys may be too. Spark's 3 seconds are less
   * than a busy executor takes. Hours and days are those of UTC, not of the driver's place.
   */
  static Map<String, Object> sessionSettings() {
    Map<String, Object> settings = new TreeMap<>();
    settings.put(ClusterSettings.PLACE_WAIT, ClusterSettings.LONG_PLACE_WAIT);
    settings.put("spark.sql.session.timeZone", "UTC");
    settings.keySet().removeIf(new SparkConf()::contains);
    return settings;
  }

  /**
   * Opens the job's session.
   *
   * @throws IOException if Spark can't be started on its master
   */
  static SparkSession openSession(String name) throws IOException {
    return openSession(name, Map.of());
  }

  /**
   * Opens a session.
   *
   * @param own settings beside those of every job, whatever it was submitted with
   * @throws IOException if Spark can't be started on its master
   */
  static SparkSession openSession(String name, Map<String, Object> own) throws IOException {
    Map<String, Object> settings = sessionSettings();
    settings.put("spark.app.name", name);
    settings.putAll(own);
    try {
      return Sessions.of(settings);
    } catch (Exception e) {
      // Of a master that does not answer Spark says many lines, about its own state.
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(
          "Spark can't be started on master "
              + new SparkConf().get("spark.master", "(none is set)")
              + ": "
              + why,
          e);
    }
  }

  /** Returns Hadoop's settings as the job's session has them, without starting one. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Runs a job and leaves the process with its exit code. */
  static void run(Callable<Integer> job, JobOptions options, String... args) {
    int code = execute(job, options, args);
    if (code != 0) {
      // A cluster manager takes a normal return of main for success, and only that.
      System.exit(code);
    }
  }

  /** Runs a job and returns its exit code; stops the Spark session the job opened. */
  static int execute(Callable<Integer> job, JobOptions options, String... args) {
    CommandLine commandLine = new CommandLine(job);
    commandLine.setExecutionExceptionHandler(
        (exception, line, parsed) -> {
          if (!isEnding()) {
            report(exception, options.verbose(), line.getErr());
          }
          return ExitCode.of(exception).code();
        });
    commandLine.setExecutionStrategy(
        parsed ->
            options.keys().isEmpty()
                ? new RunLast().execute(parsed)
                : printKeys(options.keys().get(), commandLine));
    try {
      return commandLine.execute(args);
    } catch (FSError e) {
      IOException failure = DiskFailures.asException(e);
      report(failure, options.verbose(), commandLine.getErr());
      return ExitCode.of(failure).code();
    } finally {
      Sessions.stop();
    }
  }

  private static int printKeys(String prefix, CommandLine commandLine) {
    try {
      commandLine.getOut().println(KnownKeys.under(prefix));
      commandLine.getOut().flush();
      return ExitCode.SUCCESS.code();
    } catch (ConfigurationException e) {
      throw new ExecutionException(commandLine, e.getMessage(), e);
    }
  }

  /**
   * Whether the process is being ended from outside (Ctrl-C, a kill): then Spark stops under the
   * job's feet, and what the job throws for it is no news.
   */
  private static boolean isEnding() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Returns a failure's message, in the words of a configuration. */
  static String message(Exception failure) {
    return failure instanceof Worded worded
        ? worded.in(KeyWords::of).getMessage()
        : failure.getMessage();
  }

  private static void report(Exception exception, boolean verbose, PrintWriter err) {
    ExitCode code = ExitCode.of(exception);
    String message = message(exception);
    if (code == ExitCode.INTERNAL) {
      message = "internal error: " + exception;
    }
    err.println(ShownText.paragraph("error: " + message));
    if (verbose) {
      StringWriter trace = new StringWriter();
      exception.printStackTrace(new PrintWriter(trace));
      err.println(ShownText.paragraph(trace.toString()));
    } else if (code == ExitCode.INTERNAL
        || (code != ExitCode.CONFIGURATION && exception.getCause() != null)) {
      err.println("(run with --verbose for the stack trace)");
    }
    err.flush();
  }
}
