package io.sparkfed.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.hint.Message;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.recipe.Presets;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * How long private training takes to MLlib's objective on the same rows; one line of JSON a case.
 *
 * <p>The peer is MLlib's estimator on the pooled rows, cached as a table, with its default
 * tolerance and iterations: its time is that of {@code fit}. Ours is {@code preset = auto} over ten
 * workers whose rows are packed already, with masked sums: its time is from the beginning of the
 * training, so with standardization and the choice of the algorithm, to when the driver holds a
 * model and has been told, through the same sums, that its objective exceeds MLlib's final one by
 * at most {@value #GAP} of it. {@code loadSeconds} is the time of bringing the rows to their
 * workers and packing them; with {@code whole=true} {@code fitSeconds} that of one whole fit by our
 * own, much stricter, stopping rule.
 *
 * <p>The objectives of both models are evaluated by one piece of code on the workers' rows. Pairs
 * run in alternating order in one JVM, after one run of each that is not counted.
 */
public final class MllibBenchmark {
  private static final double GAP = 1e-6;
  private static final int PAIRS = 3;

  private final ObjectMapper json = new ObjectMapper();
  private final SparkSession spark;
  private final String command;
  private final int pairs;
  private final boolean whole;
  private final List<String> settings;

  private MllibBenchmark(
      SparkSession spark, String command, int pairs, boolean whole, List<String> settings) {
    this.spark = spark;
    this.command = command;
    this.pairs = pairs;
    this.whole = whole;
    this.settings = settings;
  }

  /**
   * Runs the benchmark.
   *
   * @param args {@code cases=logistic-1m-50,...}, {@code pairs=3}, {@code rows-scale=0.01}, {@code
   *     whole=true}, and keys of a configuration such as {@code algorithm.preset=fed-lbfgs}; all
   *     cases without
   */
  public static void main(String[] args) throws IOException {
    List<MllibCase> cases = new ArrayList<>(MllibCase.ALL);
    int pairs = PAIRS;
    double scale = 1.0;
    boolean whole = false;
    List<String> settings = new ArrayList<>();
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      switch (arg.substring(0, Math.max(0, arg.indexOf('=')))) {
        case "cases" -> {
          List<String> names = Arrays.asList(value.split(",", -1));
          cases.removeIf(c -> !names.contains(c.name()));
          if (cases.size() != names.size()) {
            throw new IllegalArgumentException(
                "cases must be among "
                    + MllibCase.ALL.stream().map(MllibCase::name).toList()
                    + ". Provided: "
                    + value);
          }
        }
        case "pairs" -> pairs = Integer.parseInt(value);
        case "whole" -> whole = Boolean.parseBoolean(value);
        case "rows-scale" -> scale = Double.parseDouble(value);
        default -> settings.add(arg);
      }
    }
    SparkSession spark = SparkSession.builder().appName("jobs/benchmark mllib").getOrCreate();
    try {
      MllibBenchmark benchmark =
          new MllibBenchmark(
              spark,
              ("jobs/benchmark mllib " + String.join(" ", args)).strip(),
              pairs,
              whole,
              settings);
      for (MllibCase each : cases) {
        benchmark.run(each.scaled(scale));
      }
    } finally {
      spark.stop();
    }
  }

  /** A model and how long it took. */
  private record Fit(double seconds, Coefficients model, String how, int steps) {}

  private void run(MllibCase each) throws IOException {
    Dataset<Row> rows = each.generate(spark).persist(StorageLevel.MEMORY_ONLY());
    rows.count();
    long start = System.nanoTime();
    TrainingConfig config = config(each);
    ShardLoader.Loaded loaded = new ShardLoader(config, rows).load();
    double loadSeconds = seconds(start);
    try (SparkFederation federation = loaded.federation()) {
      Function<Dataset<Row>, Fit> peer = peer(each, rows);
      Fit mllib = peer.apply(rows);
      double target = objective(federation, each, config, mllib.model());
      Fit ours = ours(federation, config, each, target);
      List<Double> mllibSeconds = new ArrayList<>();
      List<Double> ourSeconds = new ArrayList<>();
      for (int pair = 0; pair < pairs; pair++) {
        for (int turn = 0; turn < 2; turn++) {
          System.gc();
          if ((pair + turn) % 2 == 0) {
            mllib = peer.apply(rows);
            mllibSeconds.add(mllib.seconds());
          } else {
            ours = ours(federation, config, each, target);
            ourSeconds.add(ours.seconds());
          }
        }
      }
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("benchmark", "mllib");
      line.put("case", each.name());
      line.put("rows", each.rows());
      line.put("features", each.features());
      line.put("classes", each.classes());
      line.put("nonZeros", each.nonZeros());
      line.put("regParam", each.regParam());
      line.put("pairs", pairs);
      double reached = objective(federation, each, config, ours.model());
      line.put("ratio", rounded(median(mllibSeconds) / median(ourSeconds)));
      line.put("reached", (reached - target) / Math.abs(target) <= GAP);
      line.put("mllibSeconds", rounded(median(mllibSeconds)));
      line.put("seconds", rounded(median(ourSeconds)));
      line.put("loadSeconds", rounded(loadSeconds));
      line.put("mllibObjective", target);
      line.put("objective", reached);
      line.put("peer", mllib.how());
      line.put("mllibIterations", mllib.steps());
      line.put("preset", ours.how());
      line.put("rounds", ours.steps());
      if (whole) {
        System.gc();
        Fit fit = ours(federation, config, each, Double.NEGATIVE_INFINITY);
        line.put("fitSeconds", rounded(fit.seconds()));
        line.put("fitObjective", objective(federation, each, config, fit.model()));
        line.put("fitRounds", fit.steps());
      }
      line.put("allMllibSeconds", mllibSeconds.stream().map(MllibBenchmark::rounded).toList());
      line.put("allSeconds", ourSeconds.stream().map(MllibBenchmark::rounded).toList());
      line.put("command", command);
      line.put("master", spark.sparkContext().master());
      line.put("cores", Runtime.getRuntime().availableProcessors());
      line.put("java", System.getProperty("java.version"));
      line.put("spark", spark.version());
      String own = MaskedSum.class.getPackage().getImplementationVersion();
      line.put("spark-federated", own == null ? "development" : own);
      System.out.println(json.writeValueAsString(line));
    } finally {
      rows.unpersist(true);
    }
  }

  private TrainingConfig config(MllibCase each) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("data.format", "parquet");
    values.put("data.worker-column", "worker");
    values.put("data.features-column", "features");
    values.put("data.label-column", "label");
    values.put("model.family", each.family().name().toLowerCase(Locale.ROOT));
    if (each.family() == Family.SOFTMAX) {
      values.put("model.classes", each.classes());
    }
    values.put("model.l2", each.regParam());
    values.put("model.standardize", "none");
    values.put("algorithm.preset", "auto");
    values.put("aggregation.mode", "masked");
    return ConfigLoader.of("jobs/benchmark mllib", values, settings);
  }

  /** The driver has what it wants. */
  private static final class Reached extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Reached() {
      super(null, null, false, false);
    }
  }

  /** Stops a training at the first model whose objective is low enough. */
  private static final class Until implements TrainingListener, CheckpointListener {
    private final double objective;

    /** The last state that was reached: its model is the one that is evaluated next. */
    private TrainingState state;

    private double[] model;
    private int rounds;
    private String how;

    Until(double objective, String preset) {
      this.objective = objective;
      this.how = preset;
    }

    @Override
    public void algorithmChosen(Message note) {
      how = note.in(KeyWords::of);
    }

    @Override
    public void roundFinished(RoundSummary round) {
      rounds = round.round();
      if (round.trainMetrics().getOrDefault("objective", Double.NaN) <= objective
          && state != null) {
        model = state.model();
        throw new Reached();
      }
    }

    @Override
    public void reached(TrainingState reached) {
      state = reached;
    }
  }

  private static Fit ours(
      SparkFederation federation, TrainingConfig config, MllibCase each, double target) {
    Until until = new Until(target + GAP * Math.abs(target), config.algorithm().preset());
    long start = System.nanoTime();
    TrainingPlan plan = Presets.plan(config, each.features());
    Coefficients model;
    try {
      TrainingResult result = new FederatedTrainer(federation, plan, until, until).train();
      model = result.model();
    } catch (Reached e) {
      double[] best = until.model;
      model =
          new Coefficients(
              plan.shape(),
              until
                  .state
                  .moments()
                  .map(m -> Scaling.standardize(plan.shape(), m.means(), m.divisors()).toRaw(best))
                  .orElse(best));
    }
    return new Fit(seconds(start), model, until.how, until.rounds);
  }

  /** Evaluates the mean loss with the penalty. The same for everybody's models. */
  private static double objective(
      SparkFederation federation, MllibCase each, TrainingConfig config, Coefficients model) {
    VectorLoss loss = config.model().loss();
    ModelShape shape = model.shape();
    double[] raw = model.values();
    double sum = 0.0;
    List<double[]> parts =
        federation.visit(
            new Visit("objective", 0, federation.workers()),
            new BenchmarkTask<>(
                (worker, shard) ->
                    new double[] {
                      new LinearObjective(
                              loss,
                              shard.train(),
                              shape,
                              Scaling.identity(shape),
                              0.0,
                              Reduction.SUM)
                          .value(raw),
                      shard.train().totalWeight()
                    }));
    double weight = 0.0;
    for (double[] part : parts) {
      sum += part[0];
      weight += part[1];
    }
    double squares = 0.0;
    for (int j = 0; j < shape.weightCount(); j++) {
      squares += model.values()[j] * model.values()[j];
    }
    return sum / weight + 0.5 * each.regParam() * squares;
  }

  /** Returns MLlib's fit; of two solvers the one that is faster here. */
  private static Function<Dataset<Row>, Fit> peer(MllibCase each, Dataset<Row> rows) {
    return switch (each.family()) {
      case LOGISTIC, SOFTMAX -> table -> logistic(each, table);
      case SVM -> table -> svm(each, table);
      case LINEAR -> {
        linear(each, rows, "normal");
        double normal = linear(each, rows, "normal").seconds();
        linear(each, rows, "l-bfgs");
        double lbfgs = linear(each, rows, "l-bfgs").seconds();
        String better = normal <= lbfgs ? "normal" : "l-bfgs";
        yield table -> linear(each, table, better);
      }
      default -> throw new IllegalStateException("no peer of " + each.family());
    };
  }

  private static Fit logistic(MllibCase each, Dataset<Row> rows) {
    LogisticRegression estimator =
        new LogisticRegression().setRegParam(each.regParam()).setStandardization(false);
    long start = System.nanoTime();
    LogisticRegressionModel model = estimator.fit(rows);
    double seconds = seconds(start);
    int outputs = Math.max(1, each.classes());
    ModelShape shape = new ModelShape(each.features(), true, outputs);
    double[] values = new double[shape.size()];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < each.features(); j++) {
        values[shape.weightsFrom(k) + j] = model.coefficientMatrix().apply(k, j);
      }
      shape.addToIntercept(k, model.interceptVector().apply(k), values);
    }
    return new Fit(
        seconds,
        new Coefficients(shape, values),
        "LogisticRegression",
        model.summary().totalIterations());
  }

  private static Fit svm(MllibCase each, Dataset<Row> rows) {
    LinearSVC estimator = new LinearSVC().setRegParam(each.regParam()).setStandardization(false);
    long start = System.nanoTime();
    LinearSVCModel model = estimator.fit(rows);
    return new Fit(
        seconds(start),
        coefficients(model.coefficients(), model.intercept()),
        "LinearSVC",
        model.summary().totalIterations());
  }

  private static Fit linear(MllibCase each, Dataset<Row> rows, String solver) {
    LinearRegression estimator =
        new LinearRegression()
            .setRegParam(each.regParam())
            .setStandardization(false)
            .setSolver(solver);
    long start = System.nanoTime();
    LinearRegressionModel model = estimator.fit(rows);
    return new Fit(
        seconds(start),
        coefficients(model.coefficients(), model.intercept()),
        "LinearRegression, solver " + solver,
        model.summary().totalIterations());
  }

  private static Coefficients coefficients(Vector weights, double intercept) {
    double[] values = Arrays.copyOf(weights.toArray(), weights.size() + 1);
    values[weights.size()] = intercept;
    return new Coefficients(new ModelShape(weights.size(), true), values);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 1000.0) / 1000.0;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }
}
