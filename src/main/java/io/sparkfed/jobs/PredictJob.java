package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.output.PredictionSink;
import io.sparkfed.output.SavedModel;
import io.sparkfed.spark.rows.BoundedJobs;
import io.sparkfed.spark.rows.Predictor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
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
      "Anybody who reads the sink sees the rows."
    })
public final class PredictJob implements Callable<Integer> {
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
    Configuration hadoop = JobMain.hadoop();
    SavedModel saved = model.read(hadoop);
    TrainingConfig given = options.load(saved.settings());
    saved.requireFits(given);
    TrainingConfig config = saved.withTypes(saved.withLabels(given));
    if (config.data().source() instanceof Synthetic) {
      throw new ConfigurationException(
          "data.synthetic generates rows for trials of trainings; jobs/predict needs rows of"
              + " data.workers or data.path");
    }
    PredictionSink sink = new PredictionSink(hadoop, config.predictions());
    if (!sink.requireApart(model.readBy(options.places(hadoop, config)), config.data())) {
      Terminal.line(
          sink.described() + " exists already, and predictions.mode = ignore: nothing was written");
      return ExitCode.SUCCESS.code();
    }
    SparkSession spark = JobMain.openSession("Spark Federated: predictions of " + config.name());
    sink.open(spark);
    Predictor predictor =
        new Predictor(
            spark,
            saved.withThreshold(config),
            saved.coefficients(config.model().intercept()),
            config.model().standardize(),
            saved.encoding());
    List<String> notes =
        BoundedJobs.ofRows(
            spark,
            config,
            "predictions",
            () -> {
              Predictor.Predicted predicted = predictor.predict(sink::requireHolds);
              sink.write(predicted.rows());
              return predicted.notes();
            });
    Terminal.line("predictions written to " + sink.described());
    notes.forEach(Terminal::line);
    return ExitCode.SUCCESS.code();
  }
}
