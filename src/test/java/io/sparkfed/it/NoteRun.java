package io.sparkfed.it;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Console;
import scala.jdk.javaapi.CollectionConverters;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/**
 * Runs the paragraphs of a Zeppelin note without Zeppelin: Scala in the REPL that Zeppelin's Spark
 * interpreter is built on, with the same settings, bindings and imports; SQL in the same session.
 * As on a cluster without Zeppelin's own jars, tasks can't load classes that a paragraph defines.
 */
public final class NoteRun implements AutoCloseable {
  private static final int LISTENERS_WAIT_MILLIS = 60_000;

  private final SparkSession spark;
  private final NoteContext context;
  private final StringWriter printed = new StringWriter();
  private final IMain scala;

  /**
   * Starts a REPL.
   *
   * @param filledIn what the user filled into forms, by name
   */
  public NoteRun(SparkSession spark, Map<String, String> filledIn) {
    this.spark = spark;
    this.context = new NoteContext(filledIn);
    Settings settings = new Settings();
    String own = System.getProperty("java.class.path");
    boolean processAll = true;
    settings.processArguments(
        list(
            "-Yrepl-class-based",
            "-classpath",
            System.getProperty("surefire.test.class.path", own)),
        processAll);
    scala = new IMain(settings, new ReplReporterImpl(settings, new PrintWriter(printed, true)));
    bind("spark", spark);
    bind("sc", spark.sparkContext());
    bind("z", context);
    scala(
        """
        import org.apache.spark.SparkContext._
        import spark.implicits._
        import spark.sql
        import org.apache.spark.sql.functions._
        """);
  }

  private void bind(String name, Object value) {
    require(scala.bind(name, value.getClass().getName(), value, list("@transient")), name);
  }

  private static scala.collection.immutable.List<String> list(String... values) {
    return CollectionConverters.asScala(List.of(values)).toList();
  }

  /**
   * Runs a paragraph and returns the table that Zeppelin would show; null if it shows none.
   *
   * @throws AssertionError if Zeppelin would show an error
   */
  public Dataset<Row> run(NoteParagraph paragraph) throws Exception {
    switch (paragraph.interpreter()) {
      case "md" -> {
        return null;
      }
      case "spark" -> {
        scala(paragraph.text());
        List<Dataset<Row>> shown = context.takeShown();
        return shown.isEmpty() ? null : shown.get(0);
      }
      case "spark.sql" -> {
        // Spark tells its listeners, which fill the table of rounds, when it suits.
        spark.sparkContext().listenerBus().waitUntilEmpty(LISTENERS_WAIT_MILLIS);
        return spark.sql(paragraph.text());
      }
      default -> throw new AssertionError("no such interpreter here: " + paragraph.interpreter());
    }
  }

  /** Runs Scala and returns what it printed. */
  public String scala(String text) {
    printed.getBuffer().setLength(0);
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    require(Console.withOut(console, () -> scala.interpret(text)), text);
    return console.toString(StandardCharsets.UTF_8);
  }

  private void require(Results.Result result, String what) {
    if (!result.equals(Results.Success$.MODULE$)) {
      throw new AssertionError(what + "\n" + result + "\n" + printed);
    }
  }

  /** Returns the fields of the forms so far, with their defaults. */
  public Map<String, String> form() {
    return context.asked();
  }

  @Override
  public void close() {
    scala.close();
  }
}
