package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import io.sparkfed.server.Search;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Local training at the workers, the weighted mean of their updates, a step of the server. Where
 * the plan has a tolerance, it ends when {@value #QUIET_ROUNDS} rounds in a row have changed the
 * mean training loss by at most that part of it.
 */
final class AveragedRounds implements RoundWork {
  private static final int QUIET_ROUNDS = 2;
  private static final String PREVIOUS_LOSS = "previous-loss";
  private static final String QUIET = "quiet";

  private final TrainingPlan plan;
  private final Scaling scaling;
  private final VectorSum sum;
  private double previousLoss = Double.NaN;
  private int quietRounds;

  AveragedRounds(TrainingPlan plan, Scaling scaling) {
    this.plan = plan;
    this.scaling = scaling;
    this.sum = plan.sums().sumOf(LocalTraining.layout(plan.shape(), plan.metrics()));
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
  public String stepSizeKey() {
    return "algorithm.local.step-size";
  }

  @Override
  public boolean takesBack() {
    return false;
  }

  @Override
  public String whyUnbounded() {
    throw new IllegalStateException("averaging ends after its rounds");
  }

  @Override
  public Optional<FitStatistics> statistics(
      Federation<Shard> federation, double[] model, Consumer<String> note) {
    return Optional.empty();
  }

  @Override
  public Work saved() {
    Map<String, double[]> values =
        plan.tolerance().isPresent()
            ? Map.of(PREVIOUS_LOSS, new double[] {previousLoss}, QUIET, new double[] {quietRounds})
            : Map.of();
    return new Work("", values, sum.choices());
  }

  @Override
  public void restore(Work saved) {
    Set<String> names =
        plan.tolerance().isPresent() ? Set.of(PREVIOUS_LOSS, QUIET) : Set.<String>of();
    if (!saved.at().isEmpty() || !saved.values().keySet().equals(names)) {
      throw new IllegalArgumentException("an average has no search");
    }
    if (!names.isEmpty()) {
      previousLoss = saved.values().get(PREVIOUS_LOSS)[0];
      quietRounds = (int) saved.values().get(QUIET)[0];
    }
    sum.restore(saved.range());
  }

  @Override
  public List<String> notes() {
    return List.of();
  }

  private final class Averaged implements Answer {
    private final double[] model;
    private final double[] update;
    private final EvaluationSums evaluation;
    private final int clipped;

    Averaged(double[] model, NamedVector sums) {
      this.model = model;
      this.update = sums.mean(LocalTraining.UPDATE, LocalTraining.WEIGHT);
      this.evaluation = EvaluationSums.of(sums);
      this.clipped = (int) sums.get(LocalTraining.CLIPPED);
    }

    @Override
    public EvaluationSums evaluation() {
      return evaluation;
    }

    @Override
    public int clipped() {
      return clipped;
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
      return new Next(plan.server().step(model, update), model, Optional.empty());
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
