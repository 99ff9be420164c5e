package io.sparkfed.federated.averaging;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.LabelTotals;
import io.sparkfed.model.Scaling;
import io.sparkfed.server.Search;
import io.sparkfed.server.ServerOptimizer.Step;
import io.sparkfed.server.ServerState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Local training at the workers, the weighted mean of their updates, a step of the server. Where
 * the plan has a tolerance, it ends when {@value #QUIET_ROUNDS} rounds in a row have changed the
 * mean training loss by at most that part of it.
 *
 * <p>Weights, labels and metrics are in a sum over everybody or in none. A round that somebody
 * stays away from, or that takes a sample, is a sum of updates alone, by coarse weights.
 */
public final class AveragedRounds implements RoundWork {
  private static final System.Logger LOG = System.getLogger(AveragedRounds.class.getName());
  private static final int QUIET_ROUNDS = 2;

  /** Each such try costs the time that is waited for who doesn't come. */
  private static final int MOST_IN_VAIN = 2;

  private static final String PREVIOUS_LOSS = "previous-loss";
  private static final String QUIET = "quiet";
  private static final String SERVER = "server.";
  private static final String RANGE_OF_UPDATES = "range-of-updates";
  private static final String AWAY = "rounds-without-somebody";

  private final TrainingPlan plan;
  private final Scaling scaling;
  private final VectorSum sum;
  private final VectorSum updates;
  private ServerState server;
  private double previousLoss = Double.NaN;
  private int quietRounds;

  /** How many rounds in a row that asked everybody were without somebody. */
  private int roundsWithout;

  private Optional<Averaged> last = Optional.empty();

  public AveragedRounds(TrainingPlan plan, Scaling scaling) {
    this.plan = plan;
    this.scaling = scaling;
    this.sum = plan.sums().sumOf(LocalTraining.layout(plan.shape(), plan.metrics()));
    this.updates = plan.sums().sumOf(LocalUpdate.layout(plan.shape()));
    this.server = plan.server().begin(plan.shape().size());
  }

  @Override
  public double[] start() {
    return Coefficients.zeros(plan.shape()).values();
  }

  @Override
  public String purpose() {
    return "local training";
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where somebody was away twice in a row, the next sum over everybody is tried when all have
   * come back.
   */
  @Override
  public Opened<Answer> visit(
      Federation<Shard> federation, Visit visit, double[] model, boolean trains) {
    boolean asksAll = visit.cohort().equals(federation.workers());
    if (!trains || (asksAll && roundsWithout < MOST_IN_VAIN)) {
      try {
        Opened<Answer> opened = whole(federation, visit, model, trains);
        roundsWithout = 0;
        return opened;
      } catch (CohortException e) {
        if (!asksAll || e.least() > visit.cohort().size()) {
          throw e;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: not everybody took part, so no metrics are opened",
            visit.description());
      }
    }
    if (!trains) {
      return new Opened<>(new Unknown(model), 0, visit.cohort().size(), 0, 0);
    }
    Opened<Answer> opened = alone(federation, visit, model);
    if (asksAll) {
      roundsWithout = opened.dropouts() > 0 ? roundsWithout + 1 : 0;
    }
    return opened;
  }

  private Opened<Answer> whole(
      Federation<Shard> federation, Visit visit, double[] model, boolean trains) {
    LocalTraining statement = LocalTraining.of(plan, scaling, visit.round(), model, trains);
    return sum.sum(federation, visit.ofAll(), statement)
        .map(sums -> new Averaged(model, statement.layout().read(sums)));
  }

  private Opened<Answer> alone(Federation<Shard> federation, Visit visit, double[] model) {
    LocalUpdate statement = LocalUpdate.of(plan, scaling, visit.round(), model);
    return updates
        .sum(federation, visit, statement)
        .map(sums -> new Unevaluated(model, statement.layout().read(sums)));
  }

  @Override
  public Optional<double[]> afterOverflow() {
    return Optional.empty();
  }

  @Override
  public Message stepSize() {
    return server.vectors().isEmpty()
        ? Message.of(Hint.LOCAL_STEP_SIZE)
        : Message.of(Hint.SERVER_LEARNING_RATE, ", or ", Hint.LOCAL_STEP_SIZE);
  }

  @Override
  public boolean takesBack() {
    return false;
  }

  @Override
  public Message whyUnbounded() {
    throw new IllegalStateException("averaging ends after its rounds");
  }

  @Override
  public Optional<FitStatistics> statistics(
      Federation<Shard> federation, double[] model, Consumer<Message> note) {
    return Optional.empty();
  }

  @Override
  public Work saved() {
    return new Work("", values(), sum.choices());
  }

  private Map<String, double[]> values() {
    Map<String, double[]> values = server.under(SERVER);
    if (plan.tolerance().isPresent()) {
      values.put(PREVIOUS_LOSS, new double[] {previousLoss});
      values.put(QUIET, new double[] {quietRounds});
    }
    if (updates.choices().length > 0) {
      values.put(RANGE_OF_UPDATES, Arrays.stream(updates.choices()).asDoubleStream().toArray());
    }
    if (roundsWithout > 0) {
      values.put(AWAY, new double[] {roundsWithout});
    }
    return values;
  }

  @Override
  public void restore(Work saved) {
    Map<String, double[]> values = saved.values();
    roundsWithout = (int) values.getOrDefault(AWAY, new double[1])[0];
    updates.restore(
        Arrays.stream(values.getOrDefault(RANGE_OF_UPDATES, new double[0]))
            .mapToInt(choice -> (int) choice)
            .toArray());
    if (!saved.at().isEmpty() || !values.keySet().equals(values().keySet())) {
      throw new IllegalArgumentException("the state must be one of the same averaging");
    }
    server = server.from(values, SERVER);
    if (plan.tolerance().isPresent()) {
      previousLoss = values.get(PREVIOUS_LOSS)[0];
      quietRounds = (int) values.get(QUIET)[0];
    }
    sum.restore(saved.range());
  }

  @Override
  public List<Message> notes() {
    return last
        .filter(visited -> plan.shape().hasIntercept())
        .map(Averaged::labels)
        .flatMap(this::unbounded)
        .stream()
        .toList();
  }

  private Optional<Message> unbounded(LabelTotals labels) {
    return plan.family()
        .runaway(labels)
        .map(
            why ->
                Message.of(
                    "WARNING: ",
                    why,
                    ", so an intercept, which is never penalized, grows for as long as rounds go"
                        + " on, and the model is only where they ended; ",
                    plan.family().adviceOnRunaway()));
  }

  /** Of a round that everybody took part in. */
  private final class Averaged implements Answer {
    private final double[] model;
    private final double[] update;
    private final EvaluationSums evaluation;
    private final double[] labels;
    private final Measurements measured;

    Averaged(double[] model, NamedVector sums) {
      this.model = model;
      this.update = sums.mean(LocalUpdate.UPDATE, LocalTraining.WEIGHT);
      this.evaluation = EvaluationSums.of(sums);
      this.labels = sums.all(LocalTraining.LABELS);
      last = Optional.of(this);
      this.measured =
          Measurements.none().with(Measurement.CLIPPED, (long) sums.get(LocalTraining.CLIPPED));
    }

    LabelTotals labels() {
      double rows = plan.metrics().metrics(evaluation.train(), 0).getOrDefault("rows", 0.0);
      return new LabelTotals(plan.shape(), labels, rows);
    }

    @Override
    public Optional<EvaluationSums> evaluation() {
      return Optional.of(evaluation);
    }

    @Override
    public Measurements measured() {
      return measured;
    }

    @Override
    public OptionalDouble objective() {
      return OptionalDouble.empty();
    }

    @Override
    public Next next() {
      if (plan.tolerance().isPresent() && isQuiet(plan.tolerance().getAsDouble())) {
        return new Next(model, model, Optional.of(Search.Ending.CONVERGED));
      }
      return stepped(model, update);
    }

    private boolean isQuiet(double tolerance) {
      double loss = plan.metrics().meanLoss(evaluation.train(), 0);
      boolean little = Math.abs(loss - previousLoss) <= tolerance * Math.abs(loss);
      quietRounds = little ? quietRounds + 1 : 0;
      previousLoss = loss;
      return quietRounds >= QUIET_ROUNDS;
    }
  }

  private Next stepped(double[] model, double[] update) {
    Step step = plan.server().step(server, model, update);
    server = step.state();
    return new Next(step.model(), model, Optional.empty());
  }

  /** Of a round that somebody stayed away from, or of a sample. */
  private final class Unevaluated extends Unknown {
    private final double[] update;

    Unevaluated(double[] model, NamedVector sums) {
      super(model);
      this.update = sums.mean(LocalUpdate.UPDATE, LocalUpdate.COARSE_WEIGHT);
    }

    @Override
    public Next next() {
      return stepped(model, update);
    }
  }

  /** Of a model that not everybody could evaluate. */
  private static class Unknown implements Answer {
    final double[] model;

    Unknown(double[] model) {
      this.model = model;
    }

    @Override
    public Optional<EvaluationSums> evaluation() {
      return Optional.empty();
    }

    @Override
    public Measurements measured() {
      return Measurements.none();
    }

    @Override
    public OptionalDouble objective() {
      return OptionalDouble.empty();
    }

    @Override
    public Next next() {
      return new Next(model, model, Optional.empty());
    }
  }
}
