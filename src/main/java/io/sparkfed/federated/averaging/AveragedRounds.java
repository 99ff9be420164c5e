package io.sparkfed.federated.averaging;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Local training at the workers, the weighted mean of their updates, a step of the server. Where
 * the plan has a tolerance, it ends when {@value #QUIET_ROUNDS} rounds in a row have changed the
 * mean training loss by at most that part of it.
 */
public final class AveragedRounds implements RoundWork {
  private static final int QUIET_ROUNDS = 2;
  private static final String PREVIOUS_LOSS = "previous-loss";
  private static final String QUIET = "quiet";
  private static final String SERVER = "server.";

  private final TrainingPlan plan;
  private final Scaling scaling;
  private final VectorSum sum;
  private ServerState server;
  private double previousLoss = Double.NaN;
  private int quietRounds;
  private Optional<Averaged> last = Optional.empty();

  public AveragedRounds(TrainingPlan plan, Scaling scaling) {
    this.plan = plan;
    this.scaling = scaling;
    this.sum = plan.sums().sumOf(LocalTraining.layout(plan.shape(), plan.metrics()));
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

  @Override
  public Opened<Answer> visit(
      Federation<Shard> federation, Visit visit, double[] model, boolean trains) {
    LocalTraining statement = LocalTraining.of(plan, scaling, visit.round(), model, trains);
    return sum.sum(federation, visit, statement)
        .map(sums -> new Averaged(model, statement.layout().read(sums)));
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
    Map<String, double[]> values = new HashMap<>();
    if (plan.tolerance().isPresent()) {
      values.put(PREVIOUS_LOSS, new double[] {previousLoss});
      values.put(QUIET, new double[] {quietRounds});
    }
    server.vectors().forEach((name, vector) -> values.put(SERVER + name, vector));
    return values;
  }

  @Override
  public void restore(Work saved) {
    Map<String, double[]> values = saved.values();
    Map<String, double[]> vectors = new HashMap<>();
    for (String name : server.vectors().keySet()) {
      vectors.put(name, values.getOrDefault(SERVER + name, new double[0]));
    }
    ServerState restored = new ServerState(vectors);
    if (!saved.at().isEmpty()
        || !values.keySet().equals(values().keySet())
        || !restored.isLike(server)) {
      throw new IllegalArgumentException("the state must be one of the same averaging");
    }
    server = restored;
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

  private final class Averaged implements Answer {
    private final double[] model;
    private final double[] update;
    private final EvaluationSums evaluation;
    private final double[] labels;
    private final Measurements measured;

    Averaged(double[] model, NamedVector sums) {
      this.model = model;
      this.update = sums.mean(LocalTraining.UPDATE, LocalTraining.WEIGHT);
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
    public EvaluationSums evaluation() {
      return evaluation;
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
      Step step = plan.server().step(server, model, update);
      server = step.state();
      return new Next(step.model(), model, Optional.empty());
    }

    private boolean isQuiet(double tolerance) {
      double loss = plan.metrics().meanLoss(evaluation.train(), 0);
      boolean little = Math.abs(loss - previousLoss) <= tolerance * Math.abs(loss);
      quietRounds = little ? quietRounds + 1 : 0;
      previousLoss = loss;
      return quietRounds >= QUIET_ROUNDS;
    }
  }
}
