package io.sparkfed.config;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.csv.CellType;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.Weighting;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.Labels;
import io.sparkfed.model.Response;
import io.sparkfed.model.Standardize;
import io.sparkfed.objective.Reduction;
import io.sparkfed.report.RunReport.Setting;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.masked.MaskingAssumptions;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.solver.LocalSolver;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A run's configuration, validated. The keys and their meanings are in {@code reference.conf}.
 *
 * @param name the run's name
 * @param seed the run's seed
 * @param data the rows
 * @param model the model
 * @param algorithm how it is trained
 * @param privacy how rows are hidden in what the run tells; empty where they aren't
 * @param aggregation how updates become averages
 * @param clusterTimeout how long a Spark job waits for an executor that may run it
 * @param aucBins bins of the score for the AUC of a round, at least 2
 * @param aucError the largest error of the final model's AUC, in (0, 0.5]
 * @param confidenceLevel of coefficients' intervals, in (0, 1)
 * @param output where results go
 * @param checkpoints when and where the run's state is kept
 * @param predictions where predictions go
 * @param mlflow the tracking server that follows the training; empty for none
 * @param study what is said of the study that the workers are asked to join
 * @param asked what workers' answers depend on
 * @param settings each resolved value with its origin, secrets removed
 */
public record TrainingConfig(
    String name,
    long seed,
    DataConfig data,
    Model model,
    Algorithm algorithm,
    Optional<PrivacySettings> privacy,
    AggregationConfig aggregation,
    Duration clusterTimeout,
    int aucBins,
    double aucError,
    double confidenceLevel,
    Output output,
    Checkpoints checkpoints,
    Predictions predictions,
    Optional<Mlflow> mlflow,
    StudySettings study,
    WorkersHalf asked,
    List<Setting> settings) {
  /** The key of the least number of workers in a sum. */
  public static final String MIN_WORKERS = "aggregation.min-workers";

  /** Returns what the user chose of the metrics. */
  public MetricSettings metricSettings() {
    return new MetricSettings(model.response().threshold(), aucBins, aucError);
  }

  /** Returns the same with a model's threshold, unless this sets one of its own. */
  public TrainingConfig withThreshold(double ofModel) {
    return model.threshold().isPresent()
        ? this
        : with(data, model.with(OptionalDouble.of(ofModel)), aggregation);
  }

  /**
   * Returns the same configuration for rows whose columns SQL sees as it did when a model was
   * trained.
   *
   * @param types of columns, by the lower case of their names
   */
  public TrainingConfig withTypes(Map<String, CellType> types) {
    return with(data.with(types), model, aggregation);
  }

  /** Returns the same configuration for labels of this kind, e.g. those of a trained model. */
  public TrainingConfig withLabels(Labels labels) {
    return with(data, model.with(labels), aggregation);
  }

  /**
   * Returns the same for the rows of one owner, who reads them where this runs and sums them with
   * nobody's: no other path is there any more, no key, no aggregator and no least number.
   *
   * @throws ConfigurationException if the rows are not the workers' own files, or there is no such
   *     worker
   */
  public TrainingConfig ofOwner(String worker) {
    if (!(data.source() instanceof WorkerPaths paths)) {
      throw new ConfigurationException(
          "--own needs data.workers, a path for each worker: the rows of one table, or generated"
              + " ones, don't belong to one owner");
    }
    if (!paths.paths().containsKey(worker)) {
      throw new ConfigurationException(
          "--own must be one of the workers "
              + String.join(", ", new TreeSet<>(paths.paths().keySet()))
              + ". Provided value: "
              + worker);
    }
    return with(
        data.with(paths.here(worker)),
        model,
        new AggregationConfig(
            AggregationMode.INSECURE_PLAIN,
            1,
            Optional.empty(),
            new TreeMap<>(),
            Optional.empty(),
            MaskingAssumptions.DEFAULT));
  }

  /**
   * Returns the same for the rows of one worker that lie here, as its owner reads them who was
   * asked to join a study.
   *
   * @param path where they are
   */
  public TrainingConfig at(String worker, String path) {
    return with(data.with(new WorkerPaths(Map.of(worker, path), Map.of())), model, aggregation);
  }

  /** Returns the path of one of the workers that have one each. */
  public String pathOf(String worker) {
    return ((WorkerPaths) data.source()).paths().get(worker);
  }

  private TrainingConfig with(DataConfig rows, Model other, AggregationConfig sums) {
    return new TrainingConfig(
        name,
        seed,
        rows,
        other,
        algorithm,
        privacy,
        sums,
        clusterTimeout,
        aucBins,
        aucError,
        confidenceLevel,
        output,
        checkpoints,
        predictions,
        mlflow,
        study,
        asked,
        settings);
  }

  /**
   * What {@code model} says.
   *
   * @param loss the family's loss with its parameter
   * @param labels what stands in the label's column
   * @param l1 lasso penalty, at least 0
   * @param l2 ridge penalty, at least 0
   * @param threshold above which a row of two classes is predicted positive; empty where it isn't
   *     set
   */
  public record Model(
      Family family,
      VectorLoss loss,
      Labels labels,
      boolean intercept,
      double l1,
      double l2,
      Standardize standardize,
      OptionalDouble threshold) {

    /** Returns what the label may be and what is predicted of it. */
    public Response response() {
      return new Response(family, loss, labels, threshold.orElse(family.threshold()));
    }

    Model with(Labels other) {
      return new Model(family, loss, other, intercept, l1, l2, standardize, threshold);
    }

    Model with(OptionalDouble other) {
      return new Model(family, loss, labels, intercept, l1, l2, standardize, other);
    }
  }

  /**
   * What {@code algorithm} says.
   *
   * @param rounds at least 1
   * @param tolerance when to stop, at least 0; empty for never, or for the chosen preset's own
   * @param warmStart whether a lossless search starts from an average of local models
   * @param preconditioner whether L-BFGS starts from a sample of the features' correlations
   * @param divergenceFactor greater than 1
   * @param stepSize of fed-sgd, greater than 0; 0 for the others
   * @param proximalMu how strongly local training holds to the global model, at least 0
   * @param server what the server makes of an average
   * @param cohort who takes part in a round of local training
   */
  public record Algorithm(
      String preset,
      int rounds,
      LocalSolver solver,
      Reduction reduction,
      Weighting weighting,
      OptionalDouble tolerance,
      WherePaying warmStart,
      WherePaying preconditioner,
      double divergenceFactor,
      double stepSize,
      double proximalMu,
      ServerOptimizer server,
      Cohort cohort) {

    public Algorithm with(OptionalDouble other) {
      return new Algorithm(
          preset,
          rounds,
          solver,
          reduction,
          weighting,
          other,
          warmStart,
          preconditioner,
          divergenceFactor,
          stepSize,
          proximalMu,
          server,
          cohort);
    }
  }

  /** Whether something is done that takes time and may save more. */
  public enum WherePaying {
    /** Where it saves time. */
    AUTO,
    TRUE,
    FALSE
  }

  /**
   * What {@code aggregation} says.
   *
   * @param minWorkers at least 2; 1 where an owner is alone
   * @param deadline how long the workers may take for a visit; empty for no bound
   * @param aggregators host by aggregator; empty for modes that need none
   * @param keys where the parties' keys are; empty for ephemeral ones
   * @param masked what the graph of masks is made for
   */
  public record AggregationConfig(
      AggregationMode mode,
      int minWorkers,
      Optional<Duration> deadline,
      SortedMap<String, String> aggregators,
      Optional<Keys> keys,
      MaskingAssumptions masked) {

    /** Stands for no particular host. */
    public static final String ANY_HOST = "any";

    /**
     * Returns the sums that all numbers travel through.
     *
     * @param keyRing where the parties' keys are
     * @param runId 32 bytes that no other run has
     * @param study SHA-256 of the study that all is asked for
     */
    public SumFactory sums(KeyRing keyRing, byte[] runId, byte[] study) {
      return mode.sums(keyRing, this, runId, study);
    }

    /** Returns the host of each aggregator that has one of its own. */
    public Map<String, String> aggregatorHosts() {
      SortedMap<String, String> hosts = new TreeMap<>(aggregators);
      hosts.values().removeIf(ANY_HOST::equals);
      return hosts;
    }
  }

  /**
   * Where the keys of workers and aggregators are.
   *
   * @param dir the folder of the owners' folders, a path on the hosts of each; empty where all of
   *     them are with the owners' agents
   * @param roster the driver's copy of the roster, a path at the driver
   */
  public record Keys(Optional<String> dir, String roster) {}

  /**
   * What {@code output} says.
   *
   * @param dir the folder; empty when not set
   * @param overwrite whether an existing folder is replaced
   * @param resume whether an unfinished run is gone on with
   */
  public record Output(Optional<String> dir, boolean overwrite, boolean resume) {

    /**
     * Returns the folder, for jobs that write.
     *
     * @throws ConfigurationException if it is not set
     */
    public String required() {
      return dir.orElseThrow(() -> new ConfigurationException("output.dir is not set"));
    }
  }

  /**
   * What {@code checkpoint} says.
   *
   * @param every rounds from one checkpoint to the next; 0 for none
   * @param dir the folder; empty for the run's unfinished output
   */
  public record Checkpoints(int every, Optional<String> dir) {}

  /**
   * What {@code predictions} says.
   *
   * @param path where; empty for sinks that need none
   * @param unseen what is done with rows at levels that the model doesn't know
   * @param missing what is done with rows that have a value missing
   */
  public record Predictions(
      String format,
      Map<String, String> options,
      Optional<String> path,
      String mode,
      Handling unseen,
      Handling missing) {}

  /** What is done with a row to predict that has no score. */
  public enum Handling {
    /** The job ends with it. */
    ERROR,
    /** The row isn't written. */
    SKIP,
    /** The row is written, without a prediction. */
    KEEP
  }

  /**
   * What {@code study} says.
   *
   * @param purpose why the rows are asked; empty where nobody says
   * @param until the last day they may be; empty for no end
   * @param analyst the key folder of who signs the study, a path at the driver; empty for nobody
   * @param approvalWait how long owners are waited for who approve studies by hand
   */
  public record StudySettings(
      String purpose, Optional<LocalDate> until, Optional<String> analyst, Duration approvalWait) {}

  /**
   * What {@code tracking.mlflow} says.
   *
   * @param uri address of the tracking server, http or https, without a password
   * @param experiment the experiment's name
   * @param runName what the run is called there
   * @param timeout how long one answer of the server is waited for, greater than 0
   */
  public record Mlflow(String uri, String experiment, String runName, Duration timeout) {}
}
