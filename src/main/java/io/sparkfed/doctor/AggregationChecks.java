package io.sparkfed.doctor;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Preprocessing;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.config.TrainingConfig.Keys;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.secure.keys.RosterFile;
import io.sparkfed.secure.masked.MaskedCohort;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be told of a run's aggregation before it starts: mode, keys, cohort, and what
 * preprocessing has the sums say.
 */
public final class AggregationChecks {
  private final AggregationConfig aggregation;
  private final DataConfig data;
  private final boolean isHidden;
  private final List<Finding> findings = new ArrayList<>();

  private AggregationChecks(TrainingConfig config) {
    this.aggregation = config.aggregation();
    this.data = config.data();
    this.isHidden = config.privacy().isPresent();
  }

  /** Checks a configuration; reads the roster if one is configured, and nothing else. */
  public static List<Finding> of(TrainingConfig config) {
    AggregationChecks checks = new AggregationChecks(config);
    checks.mode();
    if (config.aggregation().mode().protectsFromDriver()) {
      checks.keys();
    }
    checks.aggregators();
    checks.cohort();
    if (!checks.isHidden) {
      checks.categories();
    }
    return List.copyOf(checks.findings);
  }

  private void add(
      Area area, Verdict verdict, String check, Object is, String shouldBe, String why) {
    findings.add(new Finding(area, verdict, check, String.valueOf(is), shouldBe, why));
  }

  private void mode() {
    AggregationMode mode = aggregation.mode();
    String name = EnumNames.of(mode);
    boolean safe = mode.protectsFromDriver();
    add(
        Area.CONFIGURATION,
        safe ? Verdict.OK : Verdict.DANGER,
        "aggregation.mode",
        name,
        "any but insecure-plain",
        safe
            ? "the driver learns sums over the cohort alone"
            : "the driver sees every worker's update; for comparison only");
  }

  private void keys() {
    if (aggregation.keys().isEmpty()) {
      add(
          Area.CONFIGURATION,
          Verdict.WARN,
          "aggregation.keys",
          "not set",
          "the owners' folders and roster",
          "keys are generated for the run and the driver relays the public ones: they protect"
              + " from an honest-but-curious driver, not from a malicious one, and no owner can"
              + " check whose they are");
      return;
    }
    Keys keys = aggregation.keys().get();
    RosterFile roster;
    try {
      roster = RosterFile.parse(Files.readAllLines(Path.of(keys.roster())));
    } catch (IOException | ProtocolException e) {
      add(
          Area.CONFIGURATION,
          Verdict.DANGER,
          "aggregation.keys.roster",
          keys.roster() + ": " + why(e),
          "a roster made by jobs/keys",
          "without it nobody can check a message's signature");
      return;
    }
    add(
        Area.CONFIGURATION,
        Verdict.OK,
        "aggregation.keys.roster",
        keys.roster() + ": " + roster.workers().size() + " parties",
        "the one that the owners accepted",
        "at each owner jobs/keys verify " + keys.dir().orElse("DIR") + " WORKER checks it");
    if (data.source() instanceof WorkerPaths paths) {
      onRoster(
          roster,
          paths.paths().keySet(),
          "workers on the roster",
          "all of data.workers",
          "a worker that isn't on it drops out of every round");
    }
    if (!aggregation.aggregators().isEmpty()) {
      onRoster(
          roster,
          aggregation.aggregators().keySet(),
          "aggregators on the roster",
          "all of aggregation.aggregators",
          "no worker seals anything to an aggregator that isn't on it");
    }
  }

  private void aggregators() {
    if (aggregation.aggregators().isEmpty()) {
      return;
    }
    int places = Set.copyOf(aggregation.aggregatorHosts().values()).size();
    boolean apart = places == aggregation.aggregators().size();
    add(
        Area.CONFIGURATION,
        apart ? Verdict.OK : Verdict.WARN,
        "aggregation.aggregators",
        String.join(", ", aggregation.aggregators().keySet())
            + " on "
            + (places == 0 ? "any host" : places + " host(s) of their own"),
        "each on a host of its own",
        "an aggregator protects only from parties that don't control its host");
  }

  private static String why(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    return e instanceof MalformedInputException ? "is not text" : e.getMessage();
  }

  private void onRoster(
      RosterFile roster, Set<String> parties, String check, String shouldBe, String why) {
    TreeSet<String> missing = new TreeSet<>(parties);
    missing.removeAll(roster.workers());
    add(
        Area.CONFIGURATION,
        missing.isEmpty() ? Verdict.OK : Verdict.DANGER,
        check,
        missing.isEmpty() ? "all" : "not " + String.join(", ", missing),
        shouldBe,
        why);
  }

  private void cohort() {
    int minWorkers = aggregation.minWorkers();
    add(
        Area.COHORT,
        minWorkers < MaskedCohort.LEAST_WORKERS ? Verdict.WARN : Verdict.OK,
        "aggregation.min-workers",
        minWorkers,
        "at least " + MaskedCohort.LEAST_WORKERS,
        "from a sum of two each worker computes the other's update");
    OptionalInt workers = workers();
    if (workers.isEmpty()) {
      add(
          Area.COHORT,
          Verdict.WARN,
          "number of workers",
          "unknown before rows are read",
          "at least " + minWorkers,
          "data.worker-column names each row's worker: too few workers end the run before round 1");
      return;
    }
    int n = workers.getAsInt();
    if (aggregation.mode() == AggregationMode.MASKED && n < MaskedCohort.LEAST_WORKERS) {
      add(
          Area.CONFIGURATION,
          Verdict.DANGER,
          "number of workers",
          n,
          "at least " + MaskedCohort.LEAST_WORKERS + " with aggregation.mode = masked",
          "with two workers, masks hide nothing from the other worker");
      return;
    }
    boolean enough = n >= minWorkers;
    add(
        Area.COHORT,
        enough ? Verdict.OK : Verdict.DANGER,
        "number of workers",
        n,
        "at least " + minWorkers + " (aggregation.min-workers)",
        "a sum over fewer isn't opened");
    if (enough && isHidden) {
      add(
          Area.COHORT,
          Verdict.OK,
          "dropouts tolerated",
          "0 of " + n,
          "0 where rows are hidden",
          "sums with noise are of all who are asked, or are not opened");
    } else if (enough) {
      dropouts(n, minWorkers);
    }
  }

  private void dropouts(int n, int minWorkers) {
    boolean masked = aggregation.mode() == AggregationMode.MASKED;
    int smallest = aggregation.keys().isEmpty() ? 2 : minWorkers;
    MaskedCohort cohort = MaskedCohort.of(n, smallest, aggregation.masked());
    boolean sparse = masked && !cohort.isFullGraph();
    int least = masked && !sparse ? Math.max(minWorkers, cohort.threshold()) : minWorkers;
    String why = "min-workers = " + minWorkers + " must stay";
    if (sparse) {
      why +=
          ", and of each worker and its neighbors t = "
              + cohort.threshold()
              + " (the graph is made for about a tenth of dropouts at random)";
    } else if (masked) {
      why +=
          ", and t = "
              + cohort.threshold()
              + ", so that a driver that lies opens no sum of fewer than "
              + cohort.smallestOpened();
    }
    if (!data.preprocessing().categories().isEmpty()) {
      why += "; while levels of categories are found, before round 1, all must";
    }
    add(
        Area.COHORT,
        n > least ? Verdict.OK : Verdict.WARN,
        "dropouts tolerated",
        (sparse ? "at most " : "") + (n - least) + " of " + n,
        "at least 1",
        why);
  }

  private void categories() {
    Preprocessing preprocessing = data.preprocessing();
    if (preprocessing.categories().isEmpty()) {
      return;
    }
    int minRows = preprocessing.minLevelRows();
    add(
        Area.CONFIGURATION,
        minRows > 1 ? Verdict.OK : Verdict.WARN,
        "data.min-level-rows",
        minRows,
        "above 1",
        "the driver learns the levels of "
            + String.join(", ", new TreeSet<>(preprocessing.categories().keySet()))
            + " that have so many rows over all workers");
    int minWorkers = preprocessing.minLevelWorkers();
    add(
        Area.CONFIGURATION,
        minWorkers > 1 ? Verdict.OK : Verdict.WARN,
        "data.min-level-workers",
        minWorkers,
        "above 1",
        "the driver learns the levels that so many workers have, and how many do");
  }

  private OptionalInt workers() {
    if (data.source() instanceof WorkerPaths paths) {
      return OptionalInt.of(paths.paths().size());
    }
    return data.source() instanceof Synthetic synthetic
        ? OptionalInt.of(synthetic.workers())
        : OptionalInt.empty();
  }
}
