package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Predictions;
import io.sparkfed.spark.BoundedJobs;
import io.sparkfed.spark.Predictor;
import io.sparkfed.spark.TaskFailures;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Writes a trained model's predictions for the rows a configuration names. */
@Command(
    name = "jobs/predict",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = {
      "Writes the rows with a prediction column, with any Spark sink (predictions.format).",
      "Whoever reads the sink sees the rows."
    })
public final class PredictJob implements Callable<Integer> {
  private static final Set<String> FILE_FORMATS =
      Set.of("avro", "csv", "json", "orc", "parquet", "text", "xml");

  @Mixin private final JobOptions options = new JobOptions();
  @Mixin private final ModelOption model = new ModelOption();

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    PredictJob job = new PredictJob();
    JobMain.run(job, job.options, args);
  }

  /** Runs the job in this process and returns its exit code. */
  static int execute(String... args) {
    PredictJob job = new PredictJob();
    return JobMain.execute(job, job.options, args);
  }

  @Override
  public Integer call() throws IOException {
    TrainingConfig config = options.load();
    Predictions sink = config.predictions();
    if (sink.path().isEmpty() && FILE_FORMATS.contains(sink.format().toLowerCase(Locale.ROOT))) {
      throw new ConfigurationException(
          "predictions.path is not set, and predictions.format = " + sink.format() + " needs it");
    }
    SparkSession spark = JobMain.openSession("Spark Federated: predictions of " + config.name());
    SavedModel saved = model.read(spark, config);
    Predictor predictor =
        new Predictor(
            spark,
            saved.withThreshold(config),
            saved.coefficients(config.model().intercept()),
            config.model().standardize(),
            saved.encoding());
    BoundedJobs.run(
        spark,
        config,
        "predictions",
        () -> write(predictor.predict().write(), config.predictions()));
    System.out.println(
        "predictions written to " + sink.path().orElse("the " + sink.format() + " sink"));
    return ExitCode.SUCCESS.code();
  }

  private static void write(DataFrameWriter<Row> rows, Predictions sink) throws IOException {
    DataFrameWriter<Row> writer =
        rows.format(sink.format()).options(sink.options()).mode(sink.mode());
    try {
      if (sink.path().isPresent()) {
        writer.save(sink.path().get());
      } else {
        writer.save();
      }
    } catch (Exception e) {
      throw new IOException(
          "predictions can't be written: " + whyNot(e, sink),
          e instanceof AnalysisException ? e : TaskFailures.withoutText(e));
    }
  }

  private static String whyNot(Exception e, Predictions sink) {
    if (e instanceof AnalysisException) {
      return TaskFailures.condition(e).filter("PATH_ALREADY_EXISTS"::equals).isPresent()
          ? sink.path().orElse("the path")
              + " exists already; choose another predictions.path or set predictions.mode ="
              + " overwrite"
          : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    // An I/O failure of the driver's own; in a task it would be Spark's exception.
    return e instanceof IOException ? e.getMessage() : TaskFailures.tag(e);
  }
}
