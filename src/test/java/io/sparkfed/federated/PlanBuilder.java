package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.objective.Reduction;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.Table;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A plan for tests: federated averaging under a secure worker, with what a test changes of it. */
public final class PlanBuilder {
  private Family family = Family.LINEAR;
  private ModelShape shape = new ModelShape(2, true);
  private int classes = 3;
  private double l1;
  private double l2;
  private double proximalMu;
  private Standardize standardize = Standardize.NONE;
  private Reduction reduction = Reduction.MEAN;
  private LocalSolver solver = new GradientDescent(1, 0.1);
  private Weighting weighting = Weighting.ROWS;
  private SumFactory sums = through(new InsecurePlainSum(2));
  private int rounds = 1;
  private double divergenceFactor = 1000.0;
  private long seed = 1L;
  private Cohort cohort = Cohort.everybody();
  private ServerOptimizer server = new ServerSgd(1.0);
  private OptionalDouble tolerance = OptionalDouble.empty();
  private Optional<LocalSolver> warmStart = Optional.empty();
  private ExactPlan.Counting counting = ExactPlan.Counting.WEIGHTS;
  private boolean preconditioned;
  private Optional<PrivatePlan> privacy = Optional.empty();
  private Optional<ExactPlan> pooled = Optional.empty();
  private OptionalInt leastHolders = OptionalInt.empty();
  private double aucError = MetricSettings.AUC_ERROR;

  public PlanBuilder family(Family value) {
    family = value;
    return this;
  }

  public PlanBuilder classes(int value) {
    classes = value;
    return this;
  }

  public PlanBuilder features(int value) {
    shape = new ModelShape(value, shape.hasIntercept());
    return this;
  }

  public PlanBuilder withoutIntercept() {
    shape = new ModelShape(shape.features(), false);
    return this;
  }

  public PlanBuilder l2(double value) {
    l2 = value;
    return this;
  }

  public PlanBuilder proximalMu(double value) {
    proximalMu = value;
    return this;
  }

  public PlanBuilder standardize(Standardize value) {
    standardize = value;
    return this;
  }

  public PlanBuilder reduction(Reduction value) {
    reduction = value;
    return this;
  }

  public PlanBuilder solver(LocalSolver value) {
    solver = value;
    return this;
  }

  public PlanBuilder weighting(Weighting value) {
    weighting = value;
    return this;
  }

  public PlanBuilder sum(RingSum ring) {
    return sums(through(ring));
  }

  public PlanBuilder sums(SumFactory value) {
    sums = value;
    return this;
  }

  private static SumFactory through(RingSum ring) {
    return layout -> new FixedPointSum(ring, layout);
  }

  /**
   * A sum for plans with parts of a test's own, which have no bytes: what is asked stays as it is.
   */
  private record InOnePiece(VectorSum sum) implements VectorSum {
    @Override
    public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
      return sum.sum(federation, visit, Asked.<S>vector(question.layout(), question::answer));
    }

    @Override
    public int[] choices() {
      return sum.choices();
    }

    @Override
    public void expect(double largest, int workers) {
      sum.expect(largest, workers);
    }

    @Override
    public void restore(int[] choices) {
      sum.restore(choices);
    }
  }

  private boolean hasPartsOfItsOwn() {
    return Stream.concat(Stream.of(solver), warmStart.stream())
        .anyMatch(part -> part.getClass().isSynthetic());
  }

  /** Averaging stops at this change of the loss. */
  public PlanBuilder aucError(double largest) {
    aucError = largest;
    return this;
  }

  public PlanBuilder tolerance(double value) {
    tolerance = OptionalDouble.of(value);
    return this;
  }

  /** The search starts from an average; to be called before {@code optimizer}. */
  public PlanBuilder warmStart(LocalSolver value) {
    warmStart = Optional.of(value);
    return this;
  }

  /** Rows are held out, and at least so many workers must hold some of them. */
  public PlanBuilder leastHolders(int value) {
    leastHolders = OptionalInt.of(value);
    return this;
  }

  public PlanBuilder rounds(int value) {
    rounds = value;
    return this;
  }

  public PlanBuilder divergenceFactor(double value) {
    divergenceFactor = value;
    return this;
  }

  /** Before {@link #optimizer}: L-BFGS starts from a sample of the features' correlations. */
  public PlanBuilder preconditioned() {
    preconditioned = true;
    return this;
  }

  /** Before {@link #optimizer}: weights are numbers of trials. */
  public PlanBuilder ofTrials() {
    counting = ExactPlan.Counting.ROWS;
    return this;
  }

  public PlanBuilder cohort(Cohort value) {
    cohort = value;
    return this;
  }

  public PlanBuilder server(ServerOptimizer value) {
    server = value;
    return this;
  }

  public PlanBuilder seed(long value) {
    seed = value;
    return this;
  }

  /** Trains losslessly, with features standardized by the federation for the numbers' sake. */
  public PlanBuilder optimizer(ExactOptimizer optimizer) {
    return optimizer(optimizer, 0.0);
  }

  public PlanBuilder optimizer(ExactOptimizer optimizer, double l1OfWeights) {
    l1 = l1OfWeights;
    pooled =
        Optional.of(
            new ExactPlan(
                new AlgorithmChoice("fixed", optimizer, warmStart, preconditioned, "").always(),
                ExactPlan.Conditioning.STANDARDIZED,
                0.95,
                counting));
    return this;
  }

  /** Trains losslessly with one optimizer for so many rounds, and goes on with another. */
  public PlanBuilder optimizers(ExactOptimizer first, int rounds, ExactOptimizer then) {
    AlgorithmChoice later =
        new AlgorithmChoice("then", then, Optional.empty(), false, "it took too many rounds");
    AlgorithmChoice chosen =
        new AlgorithmChoice("first", first, warmStart, preconditioned, "")
            .because("a test", Optional.of(new AlgorithmChoice.Later(rounds, later)));
    pooled =
        Optional.of(
            new ExactPlan(chosen.always(), ExactPlan.Conditioning.STANDARDIZED, 0.95, counting));
    return this;
  }

  public PlanBuilder privacy(PrivatePlan privacy) {
    this.privacy = Optional.of(privacy);
    return this;
  }

  public TrainingPlan build() {
    VectorLoss loss = family.loss(classes, 1.35);
    return new TrainingPlan(
        family,
        loss,
        new ModelShape(shape.features(), shape.hasIntercept(), loss.outputs()),
        l1,
        l2,
        proximalMu,
        standardize,
        reduction,
        solver,
        weighting,
        hasPartsOfItsOwn() ? layout -> new InOnePiece(sums.sumOf(layout)) : sums,
        server,
        cohort,
        rounds,
        tolerance,
        divergenceFactor,
        MetricSums.of(
            family,
            loss,
            new MetricSettings(family.threshold(), MetricSettings.AUC_BINS, aucError)),
        leastHolders,
        seed,
        pooled,
        privacy);
  }

  /** Trains on these workers' rows. */
  public TrainingResult train(Map<String, Table> workers) {
    return train(federation(workers));
  }

  /** Trains in this federation. */
  public TrainingResult train(Federation<Shard> federation) {
    return new FederatedTrainer(federation, build(), round -> {}).train();
  }

  /** Returns a federation of these workers' rows, all of them training rows. */
  public static Federation<Shard> federation(Map<String, Table> workers) {
    Map<String, Shard> shards = new TreeMap<>();
    workers.forEach((worker, table) -> shards.put(worker, table.shard(worker)));
    return new InProcessFederation<>(shards);
  }

  /** Deals a table out to {@code count} workers, row i to worker i mod count. */
  public static Map<String, Table> deal(Table table, int count) {
    Map<String, Table> workers = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      int[] own = new int[(table.rows() - k + count - 1) / count];
      for (int i = 0; i < own.length; i++) {
        own[i] = k + i * count;
      }
      workers.put(String.format(Locale.ROOT, "w%03d", k), table.select(own));
    }
    return workers;
  }

  /** Deals a table out to workers a, b and c in the ratio 5 : 3 : 2. */
  public static Map<String, Table> deal(Table table) {
    int n = table.rows();
    return Map.of(
        "a", table.slice(0, n / 2),
        "b", table.slice(n / 2, n * 4 / 5),
        "c", table.slice(n * 4 / 5, n));
  }
}
