package io.sparkfed.jobs;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.IdleKeys;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingResult.Divergence;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Labels;
import io.sparkfed.model.Standardize;
import io.sparkfed.output.Checkpoint;
import io.sparkfed.output.LineLog;
import io.sparkfed.output.OutputFolder;
import io.sparkfed.output.Places;
import io.sparkfed.output.RunCheckpoints;
import io.sparkfed.output.SavedModel;
import io.sparkfed.recipe.Presets;
import io.sparkfed.report.HtmlReport;
import io.sparkfed.report.JsonFiles;
import io.sparkfed.report.LibraryVersion;
import io.sparkfed.report.PlainWords;
import io.sparkfed.report.RunReport;
import io.sparkfed.report.RunReport.Cohort;
import io.sparkfed.report.RunReport.Exit;
import io.sparkfed.report.RunReport.FinalModel;
import io.sparkfed.report.RunReport.Protection;
import io.sparkfed.spark.ml.MllibModels;
import io.sparkfed.spark.rows.BoundedJobs;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.spark.watch.RoundFinished;
import io.sparkfed.tracking.RunTracker;
import io.sparkfed.tracking.RunTracker.Ending;
import io.sparkfed.tracking.TrackedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a model: from a configuration to an output folder. */
@Command(
    name = "jobs/train",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = "Trains a linear model on rows that stay with their owners.",
    footer = "%nOptions for spark-submit follow after --, e.g. -- --master spark://host:7077")
public final class TrainJob implements Callable<Integer> {
  @Mixin private final JobOptions options = new JobOptions();

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    TrainJob job = new TrainJob();
    JobMain.run(job, job.options, args);
  }

  /** Runs the job in this process and returns its exit code. */
  static int execute(String... args) {
    TrainJob job = new TrainJob();
    return JobMain.execute(job, job.options, args);
  }

  @Override
  public Integer call() throws IOException {
    TrainingConfig config = options.load();
    RunTracker.requireClient(config);
    String dir = config.output().required();
    writesOf(options.places(JobMain.hadoop(), config), config).requireApart();
    Phases phases = new Phases();
    SparkSession spark = JobMain.openSession("Spark Federated: " + config.name());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Optional<RunCheckpoints> unfinished =
        config.output().resume()
            ? Optional.of(RunCheckpoints.ofUnfinishedRun(hadoop, config, dir))
            : Optional.empty();
    String runId =
        unfinished.map(RunCheckpoints::runId).orElseGet(() -> UUID.randomUUID().toString());
    phases.end("start");
    try (OutputFolder folder = new OutputFolder(hadoop, dir, config.output().overwrite(), runId)) {
      RunCheckpoints checkpoints =
          unfinished.isPresent()
              ? unfinished.get()
              : RunCheckpoints.ofNewRun(hadoop, config, runId, folder);
      folder.keepIf(() -> checkpoints.areInOutput() && checkpoints.isResumable());
      try (RunTracker tracker = tracker(spark, config, checkpoints, phases, folder)) {
        Exit exit = train(spark, config, checkpoints, phases, folder, tracker).exit();
        tracker.ended(exit.code() == ExitCode.SUCCESS.code() ? Ending.SUCCEEDED : Ending.DIVERGED);
        return exit.code();
      } finally {
        checkpoints.discardEmpty();
      }
    }
  }

  /** Adds where a training writes. */
  static Places writesOf(Places places, TrainingConfig config) throws IOException {
    places.writes("output.dir", config.output().required());
    if (config.checkpoints().every() > 0 && config.checkpoints().dir().isPresent()) {
      places.writes("checkpoint.dir", config.checkpoints().dir().get());
    }
    return places;
  }

  private static RunTracker tracker(
      SparkSession spark,
      TrainingConfig config,
      RunCheckpoints checkpoints,
      Phases phases,
      OutputFolder folder)
      throws IOException {
    return RunTracker.open(
        config,
        new TrackedRun(
            checkpoints.runId(),
            phases.started(),
            folder.target().toString(),
            versions(spark),
            checkpoints.resumed().map(checkpoint -> checkpoint.state().rounds())),
        warning -> System.err.println("warning: " + warning));
  }

  private static RunReport train(
      SparkSession spark,
      TrainingConfig config,
      RunCheckpoints checkpoints,
      Phases phases,
      OutputFolder folder,
      RunTracker tracker)
      throws IOException {
    String runId = checkpoints.runId();
    Console console = new Console(System.out, config.algorithm().rounds());
    console.heading(config);
    tracker.address().ifPresent(console::tracked);
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    phases.end("load");
    List<String> workers = loaded.federation().workers();
    console.cohort(workers, loaded.skipped(), loaded.placement());
    List<String> notes = new ArrayList<>(loaded.notes());
    notes.addAll(notesOnEncoding(loaded.encoding()));
    IdleKeys.of(config).forEach(idle -> notes.add(idle.check() + ": " + idle.why()));
    notes.addAll(notesOnProtection(config, spark.sparkContext().isLocal(), workers.size()));
    notes.addAll(notesOnResumption(checkpoints));
    notes.forEach(console::note);

    TrainingResult result;
    try (var federation = loaded.federation()) {
      DataFingerprint data =
          new DataFingerprint(loaded.encoding(), workers, SavedModel.named(loaded.sqlTypes()));
      checkpoints.resumed().ifPresent(checkpoint -> data.requireSame(checkpoint.data()));
      checkpoints.open();
      try (LineLog rounds = folder.openLines("rounds.jsonl")) {
        Optional<TrainingState> from = checkpoints.resumed().map(Checkpoint::state);
        from.ifPresent(state -> state.rounds().forEach(round -> addLine(round, rounds)));
        TrainingListener events = RoundFinished.posting(spark, runId, config.name());
        FederatedTrainer trainer =
            new FederatedTrainer(
                federation,
                Presets.plan(config, loaded.features().size(), checkpoints.ledger()),
                new TrainingListener() {
                  @Override
                  public void roundFinished(RoundSummary round) {
                    console.round(round);
                    addLine(round, rounds);
                    events.roundFinished(round);
                    tracker.roundFinished(round);
                  }

                  @Override
                  public void algorithmChosen(Message note) {
                    String said = note.in(KeyWords::of);
                    console.note(said);
                    notes.add(said);
                  }
                },
                checkpoints.listener(data));
        result = from.isPresent() ? trainer.resume(from.get()) : trainer.train();
      }
    } catch (FeatureException e) {
      throw e.named(loaded.features());
    }
    phases.end("train");
    List<String> late = notesOnResult(config, result, workers.size());
    late.forEach(console::note);
    notes.addAll(late);

    DataConfig.Columns columns = config.data().columns();
    MLWritable model =
        MllibModels.of(
            config.model().response(), result.model(), "spark-federated-" + runId, columns);
    BoundedJobs.run(
        spark,
        config,
        "writing the model",
        () -> model.write().overwrite().save(folder.staged("model").toString()));
    phases.end("write model");
    RunReport report = report(spark, config, runId, loaded, result, notes, phases);
    folder.write(
        "coefficients.json",
        JsonFiles.coefficients(
            report.model(),
            report.encoding(),
            columns.computedLabel(),
            columns.offset(),
            SavedModel.named(loaded.sqlTypes())));
    folder.write("run.json", JsonFiles.run(report));
    folder.write("report.html", HtmlReport.render(report));
    folder.publish();
    checkpoints.remove(folder.target());
    console.finished(report, folder.target());
    return report;
  }

  private static void addLine(RoundSummary round, LineLog rounds) {
    if (round.round() > 0) {
      rounds.add(JsonFiles.roundLine(round));
    }
  }

  private static List<String> notesOnResumption(RunCheckpoints checkpoints) {
    List<String> notes = new ArrayList<>(checkpoints.notes());
    checkpoints
        .resumed()
        .ifPresent(
            checkpoint ->
                notes.add(
                    "resumed from the checkpoint of round "
                        + checkpoint.state().round()
                        + "; times are those since then"));
    return notes;
  }

  private static List<String> notesOnProtection(
      TrainingConfig config, boolean isLocal, int workers) {
    List<String> notes = new ArrayList<>();
    AggregationMode mode = config.aggregation().mode();
    if (!mode.protectsFromDriver()) {
      notes.add(
          "WARNING: aggregation.mode = insecure-plain shows every worker's update to the driver; it"
              + " protects nobody");
    } else if (isLocal) {
      notes.add(
          "local master: driver, workers and aggregation share one process, so nobody is"
              + " protected from anybody. Only a cluster separates them.");
    }
    if (mode.protectsFromDriver() && config.aggregation().keys().isEmpty()) {
      notes.add(
          "aggregation.keys is not set: keys were generated for this run and exist only in"
              + " executor memory. On a cluster this protects updates from an honest-but-curious"
              + " driver, not from a malicious one. On a local master nothing is protected.");
    }
    if (workers == 2) {
      notes.add(
          "two workers: each can compute the other's update from the average, so neither is"
              + " protected from the other");
    }
    return notes;
  }

  private static List<String> notesOnEncoding(FeatureEncoding encoding) {
    List<String> notes = new ArrayList<>();
    for (OneHot category : encoding.categories()) {
      notes.add(
          "column "
              + category.name()
              + ": levels "
              + String.join(", ", category.levels())
              + "; the reference is "
              + category.reference());
    }
    for (Numeric column : encoding.imputed()) {
      notes.add(
          "column "
              + column.name()
              + ": missing values are replaced by the federation's mean, "
              + column.fill());
    }
    return notes;
  }

  private static long total(TrainingResult result, Measurement each) {
    return result.rounds().stream().mapToLong(round -> round.measured(each)).sum();
  }

  private static List<String> notesOnResult(
      TrainingConfig config, TrainingResult result, int workers) {
    List<String> notes = new ArrayList<>();
    result.notes().forEach(note -> notes.add(note.in(KeyWords::of)));
    long saturated = total(result, Measurement.SATURATED);
    if (saturated > 0) {
      notes.add(
          saturated
              + " coordinates of updates were cut to the range of the sum; the range grew after"
              + " each (see rounds.jsonl)");
    }
    long clipped = total(result, Measurement.CLIPPED);
    if (clipped > 0) {
      notes.add(
          clipped
              + " updates were longer than their owners' policies allow (clip) and were scaled"
              + " down (see rounds.jsonl)");
    }
    if (config.model().family().isClassifier() && result.oneClassWorkers() > 0) {
      notes.add(
          result.oneClassWorkers()
              + " of "
              + workers
              + " workers hold one class only. They train like the others, and the driver"
              + " doesn't know which they are.");
    }
    if (config.data().columns().offset().isPresent() && !config.model().family().hasLogLink()) {
      notes.add(
          "the MLlib model has no offset: add data.offset-column to its score, as jobs/predict"
              + " does");
    }
    if (config.model().standardize() == Standardize.WORKER) {
      notes.add(
          "the model is in standardized units (model.standardize = worker): before it predicts,"
              + " standardize rows with their own worker's mean and deviation, as jobs/predict"
              + " does");
    }
    return notes;
  }

  private static RunReport report(
      SparkSession spark,
      TrainingConfig config,
      String runId,
      ShardLoader.Loaded loaded,
      TrainingResult result,
      List<String> notes,
      Phases phases) {
    Exit exit =
        result
            .divergence()
            .map(d -> new Exit("diverged", ExitCode.DIVERGENCE.code(), sentence(d, result)))
            .orElse(new Exit("succeeded", ExitCode.SUCCESS.code(), ""));
    AggregationMode mode = config.aggregation().mode();
    List<RoundSummary> rounds = result.rounds();
    RoundSummary last = rounds.isEmpty() ? null : rounds.get(rounds.size() - 1);
    return new RunReport(
        runId,
        config.name(),
        phases.started(),
        phases.elapsed(),
        exit,
        versions(spark),
        config.seed(),
        new Cohort(
            loaded.federation().workers(), loaded.skipped(), loaded.placement(), loaded.dropped()),
        new Protection(
            EnumNames.of(mode),
            inPlainWords(config, spark.sparkContext().isLocal(), rounds),
            mode.protects(),
            mode.doesNotProtect()),
        List.copyOf(notes),
        rounds,
        last == null ? Map.of() : last.trainMetrics(),
        last == null ? Map.of() : last.testMetrics(),
        finalModel(config, loaded.features(), result.model()),
        result.statistics().map(statistics -> statistics.named(loaded.features())),
        config.settings(),
        phases.seconds(),
        loaded.encoding());
  }

  private static String inPlainWords(
      TrainingConfig config, boolean isLocal, List<RoundSummary> rounds) {
    if (!config.aggregation().mode().protectsFromDriver()) {
      return PlainWords.inTheClear();
    }
    int minWorkers = config.aggregation().minWorkers();
    return isLocal ? PlainWords.rehearsal(minWorkers) : PlainWords.sums(minWorkers, rounds);
  }

  private static FinalModel finalModel(
      TrainingConfig config, List<String> features, Coefficients model) {
    int outputs = model.shape().outputs();
    int classes = config.model().family().isClassifier() ? Math.max(2, outputs) : 0;
    return new FinalModel(
        EnumNames.of(config.model().family()),
        features,
        IntStream.range(0, outputs)
            .mapToObj(k -> Arrays.stream(model.weights(k)).boxed().toList())
            .toList(),
        Arrays.stream(model.intercepts()).boxed().toList(),
        config.model().labels() instanceof Labels.Classes named
            ? named.levels()
            : IntStream.range(0, classes).mapToObj(String::valueOf).toList(),
        EnumNames.of(config.model().standardize()),
        config.model().response().threshold());
  }

  private static String sentence(Divergence divergence, TrainingResult result) {
    int kept = result.rounds().isEmpty() ? 0 : result.lastRound().round();
    return divergence.message().in(KeyWords::of)
        + ". The model kept is "
        + (kept == 0 ? "the initial one" : "that of round " + kept);
  }

  private static Map<String, String> versions(SparkSession spark) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("spark-federated", LibraryVersion.current());
    versions.put("spark", spark.version());
    versions.put("scala", scala.util.Properties.versionNumberString());
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }
}
