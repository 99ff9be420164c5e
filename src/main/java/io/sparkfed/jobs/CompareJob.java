package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Coefficients;
import io.sparkfed.output.OutputFolder;
import io.sparkfed.recipe.Presets;
import io.sparkfed.report.Comparison;
import io.sparkfed.report.Comparison.Entry;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.ml.PooledTwin;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the federated model with those of the pooled rows and of each worker alone. */
@Command(
    name = "jobs/compare",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = {
      "Trains three times on the same training rows: MLlib on all of them pooled, MLlib on each",
      "worker's alone, and the federation; and measures all on the same test rows.",
      "BRINGS ALL ROWS TOGETHER: only for data that may be pooled. Writes compare.json and",
      "compare.html to output.dir."
    },
    footer = "%nOptions for spark-submit follow after --, e.g. -- --master spark://host:7077")
public final class CompareJob implements Callable<Integer> {
  private static final String WARNING =
      "WARNING: this brings the rows of all workers together and protects nobody. Use it only"
          + " for data that may be pooled.";

  @Mixin private final JobOptions options = new JobOptions();

  @Option(names = "--pool-rows", description = "Confirms that these rows may be pooled. Required.")
  private boolean poolRows;

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    CompareJob job = new CompareJob();
    JobMain.run(job, job.options, args);
  }

  /** Runs the job in this process and returns its exit code. */
  static int execute(String... args) {
    CompareJob job = new CompareJob();
    return JobMain.execute(job, job.options, args);
  }

  @Override
  public Integer call() throws IOException {
    TrainingConfig config = options.load();
    if (!poolRows) {
      throw new ConfigurationException(
          "jobs/compare brings the rows of all workers together. If these rows may be pooled,"
              + " confirm it with --pool-rows");
    }
    if (config.privacy().isPresent()) {
      throw new ConfigurationException(
          "privacy.unit must be none for jobs/compare, which brings the rows of all workers"
              + " together and tells their exact models. Provided value: "
              + EnumNames.of(config.privacy().get().unit()));
    }
    PooledTwin.requireTwin(config);
    String dir = config.output().required();
    options.places(JobMain.hadoop(), config).writes("output.dir", dir).requireApart();
    System.out.println(WARNING);
    SparkSession spark = JobMain.openSession("Spark Federated: comparison of " + config.name());
    try (OutputFolder folder =
        new OutputFolder(
            spark.sparkContext().hadoopConfiguration(),
            dir,
            config.output().overwrite(),
            UUID.randomUUID().toString())) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      try (SparkFederation federation = loaded.federation()) {
        Comparison comparison = compare(spark, config, loaded, federation);
        folder.write("compare.json", comparison.json());
        folder.write("compare.html", comparison.html());
        folder.publish();
        Terminal.lines(comparison.table());
        Terminal.line("written to " + folder.target() + " (open compare.html)");
      }
    }
    return ExitCode.SUCCESS.code();
  }

  private static Comparison compare(
      SparkSession spark,
      TrainingConfig config,
      ShardLoader.Loaded loaded,
      SparkFederation federation) {
    TrainingPlan plan = Presets.plan(config, loaded.encoding());
    PooledTwin twin = new PooledTwin(spark, config, federation);
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("pooled", federation, plan, twin::fitAll));
    entries.add(entry("federated", federation, plan, () -> federated(federation, plan)));
    for (String worker : federation.workers()) {
      entries.add(
          entry("worker " + worker + " alone", federation, plan, () -> twin.fitWorker(worker)));
    }
    return new Comparison(
        config.name(), EnumNames.of(config.model().family()), config.algorithm().preset(), entries);
  }

  private static Coefficients federated(SparkFederation federation, TrainingPlan plan) {
    TrainingResult result = new FederatedTrainer(federation, plan, round -> {}).train();
    return result.model();
  }

  /** A worker alone may hold rows that determine no model: that is a result, not a failure. */
  private static Entry entry(
      String name, SparkFederation federation, TrainingPlan plan, Supplier<Coefficients> fit) {
    try {
      FederatedEvaluator.Evaluation evaluation =
          FederatedEvaluator.evaluate(federation, plan, fit.get());
      return new Entry(
          name,
          evaluation.test().isEmpty() ? "train" : "test",
          evaluation.test().isEmpty() ? evaluation.train() : evaluation.test());
    } catch (RuntimeException e) {
      if (name.equals("pooled") || name.equals("federated")) {
        throw e;
      }
      return new Entry(name, "none", Map.of());
    }
  }
}
