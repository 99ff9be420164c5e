package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Local training at the workers, the weighted mean of their updates, a step of the server. */
final class AveragedRounds implements RoundWork {
  private final TrainingPlan plan;
  private final WeightedMean mean;
  private final LocalWork localWork;

  AveragedRounds(TrainingPlan plan, Scaling scaling) {
    this.plan = plan;
    this.mean = new WeightedMean(plan.sums().sumOf(plan.shape().size()), plan.shape().size());
    this.localWork = new LocalWork(plan, scaling);
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
  public Opened<Answer> visit(Federation<Shard> federation, Visit<ModelBroadcast> visit) {
    double[] model = visit.broadcast().coefficients();
    return mean.aggregate(federation, visit, localWork).map(opened -> new Averaged(model, opened));
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
  public Optional<FitStatistics> statistics(Federation<Shard> federation, double[] model) {
    return Optional.empty();
  }

  @Override
  public Work saved() {
    return new Work("", Map.of(), mean.choices());
  }

  @Override
  public void restore(Work saved) {
    if (!saved.at().isEmpty() || !saved.values().isEmpty()) {
      throw new IllegalArgumentException("an average has no search");
    }
    mean.restore(saved.range());
  }

  @Override
  public List<String> notes() {
    return List.of();
  }

  private final class Averaged implements Answer {
    private final double[] model;
    private final WeightedMean.Mean opened;

    Averaged(double[] model, WeightedMean.Mean opened) {
      this.model = model;
      this.opened = opened;
    }

    @Override
    public double[] evaluation() {
      return opened.sums();
    }

    @Override
    public int clipped() {
      return (int) opened.sums()[opened.sums().length - 1];
    }

    @Override
    public OptionalDouble objective() {
      return OptionalDouble.empty();
    }

    @Override
    public Next next() {
      return new Next(plan.server().step(model, opened.update()), model, Optional.empty());
    }
  }
}
