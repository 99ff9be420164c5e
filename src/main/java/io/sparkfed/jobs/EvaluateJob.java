package io.sparkfed.jobs;

import io.sparkfed.config.DataConfig.NoSplit;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.model.Coefficients;
import io.sparkfed.output.SavedModel;
import io.sparkfed.recipe.Presets;
import io.sparkfed.report.JsonFiles;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates a trained model on the rows a configuration names, with federated metrics. */
@Command(
    name = "jobs/evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = {
      "Evaluates a trained model on rows that stay with their owners.",
      "Prints {\"metrics\": {...}} by split: train and test, or all without data.split; and",
      "{\"notes\": [...]} if something is left out.",
      "Under privacy.unit sums have noise, for which owners' budgets are charged once",
      "more; {\"noise\": {...}, \"privacy\": {...}} say what it does to each metric."
    })
public final class EvaluateJob implements Callable<Integer> {
  @Mixin private final JobOptions options = new JobOptions();
  @Mixin private final ModelOption model = new ModelOption();

  @Option(
      names = "--own",
      paramLabel = "WORKER",
      description = {
        "For an owner's own eyes: reads this worker's path alone, here, on a local master.",
        "Nobody else takes part, and no sum leaves the process."
      })
  private String own;

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    EvaluateJob job = new EvaluateJob();
    JobMain.run(job, job.options, args);
  }

  /** Runs the job in this process and returns its exit code. */
  static int execute(String... args) {
    EvaluateJob job = new EvaluateJob();
    return JobMain.execute(job, job.options, args);
  }

  @Override
  public Integer call() throws IOException {
    SavedModel saved = model.read(JobMain.hadoop());
    TrainingConfig given = options.load(saved.settings());
    TrainingConfig asked = own == null ? given : OwnRows.of(given, own);
    saved.requireFits(asked);
    TrainingConfig config = saved.withTypes(saved.withLabels(asked));
    saved.requireLabel(config);
    SparkSession spark = JobMain.openSession("Spark Federated: evaluation of " + config.name());
    if (own != null) {
      OwnRows.requireAlone(spark);
    }
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load(saved.encoding());
    try (var federation = loaded.federation()) {
      saved.requireFeatures(loaded.features().size());
      TrainingPlan plan = Presets.plan(saved.withThreshold(config), loaded.encoding());
      Coefficients coefficients = saved.coefficients(config.model().intercept());
      FederatedEvaluator.Evaluation evaluation =
          own == null
              ? FederatedEvaluator.evaluate(federation, plan, coefficients)
              : FederatedEvaluator.evaluateOwn(federation, plan, coefficients);
      boolean hasSplit = !(config.data().split() instanceof NoSplit);
      List<String> notes = new ArrayList<>(loaded.notes());
      if (!loaded.leftOut().isNobody()) {
        notes.add("left out: " + loaded.leftOut());
      }
      evaluation.notes().forEach(note -> notes.add(note.in(KeyWords::of)));
      Terminal.lines(
          JsonFiles.evaluation(
              bySplit(evaluation.train(), evaluation.test(), hasSplit),
              bySplit(evaluation.noise().train(), evaluation.noise().test(), hasSplit),
              evaluation.privacy(),
              notes));
    }
    return ExitCode.SUCCESS.code();
  }

  private static Map<String, Map<String, Double>> bySplit(
      Map<String, Double> train, Map<String, Double> test, boolean hasSplit) {
    Map<String, Map<String, Double>> bySplit = new LinkedHashMap<>();
    bySplit.put(hasSplit ? "train" : "all", train);
    if (hasSplit) {
      bySplit.put("test", test);
    }
    return bySplit;
  }
}
