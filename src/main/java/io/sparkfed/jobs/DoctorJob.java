package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Output;
import io.sparkfed.doctor.AggregationChecks;
import io.sparkfed.doctor.ClusterSettings;
import io.sparkfed.doctor.DurablePlaces;
import io.sparkfed.doctor.Finding;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.doctor.IdleKeys;
import io.sparkfed.doctor.Placement;
import io.sparkfed.doctor.PrivacyChecks;
import io.sparkfed.doctor.ReachablePaths;
import io.sparkfed.doctor.SurveyText;
import io.sparkfed.federated.FailureKind;
import io.sparkfed.output.OutputFolder;
import io.sparkfed.output.Places;
import io.sparkfed.output.RunCheckpoints;
import io.sparkfed.owner.StudyPendingException;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.spark.rows.DataSurvey;
import io.sparkfed.tracking.TrackingCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Checks whether a training may start: cluster, keys, cohort, paths, and, where these are no
 * danger, the rows at their workers. Trains nothing; the sums that it opens, if any, tell only what
 * a training is told before its first round.
 */
@Command(
    name = "jobs/doctor",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    sortOptions = false,
    description = {
      "Checks a cluster and a configuration against what a training rests on, looks at the rows",
      "where they lie, and estimates what a round costs. Trains nothing.",
      "Exit code 0: go. With a danger: 2 configuration or keys, 3 data, 4 too few workers,",
      "7 output, 9 Spark's settings or a delta that hides nothing, 10 an owner refuses; the",
      "smallest of them."
    },
    footer = "%nOptions for spark-submit follow after --, e.g. -- --master spark://host:7077")
public final class DoctorJob implements Callable<Integer> {
  @Mixin private final JobOptions options = new JobOptions();

  /** Entry point for spark-submit. */
  public static void main(String[] args) {
    DoctorJob job = new DoctorJob();
    JobMain.run(job, job.options, args);
  }

  /** Runs the job in this process and returns its exit code. */
  static int execute(String... args) {
    DoctorJob job = new DoctorJob();
    return JobMain.execute(job, job.options, args);
  }

  @Override
  public Integer call() throws IOException {
    TrainingConfig config = options.load();
    SparkSession spark = JobMain.openSession("Spark Federated: doctor of " + config.name());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<Finding> findings = new ArrayList<>(ClusterSettings.of(spark.sparkContext().getConf()));
    findings.addAll(IdleKeys.of(config));
    findings.addAll(AggregationChecks.of(config));
    findings.addAll(PrivacyChecks.of(config));
    findings.addAll(ReachablePaths.of(hadoop, config.data()));
    findings.add(output(hadoop, config, options.places(hadoop, config)));
    findings.addAll(DurablePlaces.of(spark.sparkContext(), config));
    findings.addAll(TrackingCheck.of(config));
    List<String> survey = survey(spark, config, findings);
    findings.addAll(Placement.of(spark.sparkContext(), config));
    FindingsTable table = new FindingsTable(findings);
    table.lines().forEach(Terminal::line);
    System.out.println();
    survey.forEach(Terminal::line);
    if (options.verbose()) {
      System.out.println("configuration:");
      config
          .settings()
          .forEach(
              s -> Terminal.line("  " + s.key() + " = " + s.value() + "  (" + s.origin() + ")"));
      System.out.println();
    }
    Terminal.line(table.conclusion());
    return table.exitCode().code();
  }

  /** Looks at the rows unless they are in danger, or can't be reached; adds what was found. */
  private static List<String> survey(
      SparkSession spark, TrainingConfig config, List<Finding> findings) {
    boolean safe =
        findings.stream()
            .noneMatch(f -> f.verdict() == Verdict.DANGER && BEFORE_ANY_ROW.contains(f.area()));
    if (!safe) {
      return List.of("no row was looked at: mend the dangers first", "");
    }
    try {
      SurveyText text = new SurveyText(config, DataSurvey.of(spark, config));
      if (config.data().source() instanceof WorkerPaths
          && config.aggregation().keys().isPresent()) {
        findings.add(owners(Verdict.OK, "allowed by all"));
      }
      List<Finding> found = text.findings();
      findings.addAll(found);
      List<String> lines = new ArrayList<>();
      if (found.stream().noneMatch(f -> f.verdict() == Verdict.DANGER && f.area() != Area.COHORT)) {
        lines.addAll(text.lines());
        lines.add("");
      }
      return lines;
    } catch (StudyPendingException e) {
      findings.add(owners(Verdict.DANGER, "not yet approved by " + String.join(", ", e.workers())));
      return List.of();
    } catch (StudyRefusedException e) {
      findings.add(owners(Verdict.DANGER, "refused by worker " + e.worker() + ": " + e.rule()));
      return List.of();
    } catch (RuntimeException e) {
      if (!FailureKind.of(e).equals(Optional.of(FailureKind.DATA))) {
        throw e;
      }
      findings.add(
          new Finding(
              Area.DATA,
              Verdict.DANGER,
              "rows",
              e.getMessage(),
              "readable as data describes",
              "a training ends with it before round 1"));
      return List.of();
    }
  }

  private static Finding owners(Verdict verdict, String is) {
    return new Finding(
        Area.OWNERS,
        verdict,
        "the study",
        is,
        "allowed by each owner's policy",
        "jobs/study shows what is asked; a training ends with exit code 10 before a file is opened");
  }

  private static final Set<Area> BEFORE_ANY_ROW =
      EnumSet.of(Area.CLUSTER, Area.CONFIGURATION, Area.DATA);

  /** Opens the output as a training does, and leaves nothing. */
  private static Finding output(Configuration hadoop, TrainingConfig config, Places places) {
    Output output = config.output();
    if (output.dir().isEmpty()) {
      return output(Area.CONFIGURATION, Verdict.DANGER, "not set");
    }
    try {
      TrainJob.writesOf(places, config).requireApart();
    } catch (IOException e) {
      return output(Area.OUTPUT, Verdict.DANGER, e.getMessage());
    }
    String dir = output.dir().get();
    String runId = UUID.randomUUID().toString();
    try {
      Optional<RunCheckpoints> unfinished =
          output.resume()
              ? Optional.of(RunCheckpoints.ofUnfinishedRun(hadoop, config, dir))
              : Optional.empty();
      try (OutputFolder folder = new OutputFolder(hadoop, dir, output.overwrite(), runId)) {
        if (unfinished.isEmpty()) {
          RunCheckpoints.ofNewRun(hadoop, config, runId, folder);
        }
        return output(Area.OUTPUT, Verdict.OK, folder.target().toString());
      }
    } catch (ConfigurationException e) {
      return output(Area.CONFIGURATION, Verdict.DANGER, e.getMessage());
    } catch (IOException e) {
      return output(Area.OUTPUT, Verdict.DANGER, e.getMessage());
    }
  }

  private static Finding output(Area area, Verdict verdict, String is) {
    return new Finding(
        area, verdict, "output.dir", is, "a folder to create", "results are written there whole");
  }
}
