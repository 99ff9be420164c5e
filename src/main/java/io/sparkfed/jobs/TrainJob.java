package io.sparkfed.jobs;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.IdleKeys;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.output.Checkpoint;
import io.sparkfed.output.LineLog;
import io.sparkfed.output.OutputFolder;
import io.sparkfed.output.Places;
import io.sparkfed.output.RunCheckpoints;
import io.sparkfed.output.SavedModel;
import io.sparkfed.recipe.Presets;
import io.sparkfed.report.HtmlReport;
import io.sparkfed.report.JsonFiles;
import io.sparkfed.report.RunReport;
import io.sparkfed.report.RunReport.Exit;
import io.sparkfed.spark.ml.MllibModels;
import io.sparkfed.spark.ml.ModelLayout;
import io.sparkfed.spark.rows.BoundedJobs;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.spark.watch.PhaseFinished;
import io.sparkfed.spark.watch.RoundFinished;
import io.sparkfed.spark.watch.RunningTasks;
import io.sparkfed.tracking.RunTracker;
import io.sparkfed.tracking.RunTracker.Ending;
import io.sparkfed.tracking.TrackedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Model;
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

  private final Phases phases;

  /** A training that starts now. */
  TrainJob() {
    this(Phases.fromNow());
  }

  private TrainJob(Phases phases) {
    this.phases = phases;
  }

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    TrainJob job = new TrainJob(Phases.ofProcess());
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
    SparkSession spark = JobMain.openSession("Spark Federated: " + config.name());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Optional<RunCheckpoints> unfinished =
        config.output().resume()
            ? Optional.of(RunCheckpoints.ofUnfinishedRun(hadoop, config, dir))
            : Optional.empty();
    String runId =
        unfinished.map(RunCheckpoints::runId).orElseGet(() -> UUID.randomUUID().toString());
    phases.tell(
        (phase, seconds) ->
            new PhaseFinished(runId, config.name(), phase.key(), seconds).post(spark));
    try (OutputFolder folder = new OutputFolder(hadoop, dir, config.output().overwrite(), runId)) {
      RunCheckpoints checkpoints =
          unfinished.isPresent()
              ? unfinished.get()
              : RunCheckpoints.ofNewRun(hadoop, config, runId, folder);
      folder.keepIf(() -> checkpoints.areInOutput() && checkpoints.isResumable());
      try (RunTracker tracker = tracker(spark, config, checkpoints, folder);
          Console console = Console.ofProcess(config.algorithm().rounds())) {
        Exit exit = train(spark, config, checkpoints, folder, tracker, console).exit();
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

  private RunTracker tracker(
      SparkSession spark, TrainingConfig config, RunCheckpoints checkpoints, OutputFolder folder)
      throws IOException {
    return RunTracker.open(
        config,
        new TrackedRun(
            checkpoints.runId(),
            phases.started(),
            folder.target().toString(),
            TrainingReports.versions(spark),
            checkpoints.resumed().map(checkpoint -> checkpoint.state().rounds())),
        Terminal::warning);
  }

  private RunReport train(
      SparkSession spark,
      TrainingConfig config,
      RunCheckpoints checkpoints,
      OutputFolder folder,
      RunTracker tracker,
      Console console)
      throws IOException {
    String runId = checkpoints.runId();
    console.heading(config);
    tracker.address().ifPresent(console::tracked);
    int places = config.data().source() instanceof WorkerPaths own ? own.paths().size() : 0;
    console.live(phases, places, () -> RunningTasks.of(spark.sparkContext()));
    ShardLoader.Loaded loaded = new ShardLoader(spark, config, phases).load();
    List<String> workers = loaded.federation().workers();
    console.cohort(workers.size(), loaded.namedWorkers(), loaded.leftOut(), loaded.placement());
    List<String> notes = new ArrayList<>(loaded.notes());
    notes.addAll(TrainingNotes.onEncoding(config, loaded.encoding()));
    IdleKeys.of(config).forEach(idle -> notes.add(idle.check() + ": " + idle.why()));
    notes.addAll(
        TrainingNotes.onProtection(config, spark.sparkContext().isLocal(), workers.size()));
    notes.addAll(TrainingNotes.onResumption(checkpoints));
    notes.forEach(console::note);

    TrainingResult result;
    TrainingPlan plan = Presets.plan(config, loaded.encoding(), runId);
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
                plan,
                new TrainingListener() {
                  @Override
                  public void roundFinished(RoundSummary round) {
                    console.round(round);
                    addLine(round, rounds);
                    events.roundFinished(round);
                    tracker.roundFinished(round);
                  }

                  @Override
                  public void entered(RunPhase phase) {
                    phases.entered(phase);
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
    phases.entered(RunPhase.WRITE);
    List<String> late = TrainingNotes.onResult(config, result, workers.size());
    late.forEach(console::note);
    notes.addAll(late);
    RunReport report =
        write(
            spark,
            config,
            runId,
            loaded,
            folder,
            result.model(),
            () ->
                TrainingReports.of(
                    spark, config, runId, loaded, result, notes, plan.sums().journals(), phases));
    folder.publish();
    checkpoints.remove(folder.target());
    console.finished(report, phases.end(), folder.target());
    return report;
  }

  /** Writes the model and the report, run.json last, as it has the times of the rest. */
  private static RunReport write(
      SparkSession spark,
      TrainingConfig config,
      String runId,
      ShardLoader.Loaded loaded,
      OutputFolder folder,
      Coefficients coefficients,
      Supplier<RunReport> reports)
      throws IOException {
    DataConfig.Columns columns = config.data().columns();
    Model<?> model =
        MllibModels.of(
            config.model().response(), coefficients, "spark-federated-" + runId, columns);
    BoundedJobs.run(
        spark,
        config,
        "writing the model",
        () ->
            ModelLayout.data(spark, model).write().parquet(folder.staged("model/data").toString()));
    folder.write("model/metadata/part-00000", ModelLayout.metadata(spark, model) + "\n");
    folder.write("model/metadata/_SUCCESS", "");
    RunReport report = reports.get();
    folder.write(
        "coefficients.json",
        JsonFiles.coefficients(
            report.model(),
            report.encoding(),
            columns.computedLabel(),
            columns.offset(),
            SavedModel.named(loaded.sqlTypes())));
    folder.write("report.html", HtmlReport.render(report));
    RunReport last = reports.get();
    folder.write("run.json", JsonFiles.run(last));
    return last;
  }

  private static void addLine(RoundSummary round, LineLog rounds) {
    if (round.round() > 0) {
      rounds.add(JsonFiles.roundLine(round));
    }
  }
}
