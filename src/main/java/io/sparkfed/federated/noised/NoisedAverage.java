package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.UpdateWithin;
import io.sparkfed.hint.Message;
import io.sparkfed.server.ServerOptimizer.Step;
import io.sparkfed.server.ServerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Federated averaging that hides whole workers: in each round the noised sum of clipped updates,
 * each of the same weight, divided by the number of workers, which is public; then a step of the
 * server (McMahan et al., "Learning Differentially Private Recurrent Language Models", ICLR 2018).
 *
 * <p>It starts from zero weights; labels that are numbers have the middle of their bounds as the
 * first intercept.
 */
final class NoisedAverage implements NoisedWork {
  private static final String MODEL = "model";
  private static final String SERVER = "server.";
  private static final String AVERAGE = "noised average";

  /** Noise as long as the longest update leads nowhere. */
  private static final double MUCH = 1.0;

  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final Releases releases;
  private final Budgets budgets;
  private final int workers;
  private final List<Message> notes = new ArrayList<>();
  private final UpdateLengths lengths;
  private double[] model;
  private ServerState server;
  private int done;

  NoisedAverage(TrainingPlan plan, int workers) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.releases = Releases.of(plan, workers);
    this.budgets =
        Budgets.of(privacy.budget(), privacy.method(), plan.shape().size(), plan.rounds());
    this.workers = workers;
    this.lengths = new UpdateLengths(privacy.updateNorm().orElseThrow());
    this.model = NoisedFit.base(plan);
    this.server = plan.server().begin(model.length);
  }

  @Override
  public String purpose() {
    return "update";
  }

  @Override
  public int honestWorkers() {
    return releases.honest();
  }

  @Override
  public boolean hasRounds() {
    return true;
  }

  @Override
  public void begin(Federation<Shard> federation) {
    noteSettings();
  }

  /** What is to be said of a run before it asks anybody, and of one that is gone on with. */
  private void noteSettings() {
    if (privacy.delta() * workers >= 1.0) {
      notes.add(
          Message.of(
              "delta is not below 1 divided by the number of workers, ",
              workers,
              ": the run may tell whole workers"));
    }
    double norm = privacy.updateNorm().orElseThrow();
    double noise =
        releases.deviation(asked(1), budgets.gradient()) * Math.sqrt(model.length) / workers;
    if (noise > MUCH * norm) {
      notes.add(
          Message.of(
              "the noise of a round is ",
              Math.rint(10.0 * noise / norm) / 10.0,
              " times as long as a worker's update may be, so the model may say little: to hide"
                  + " whole workers takes hundreds of them"));
    }
  }

  @Override
  public Opened<double[]> round(Federation<Shard> federation, Visit visit) {
    UpdateWithin asked = asked(visit.round());
    Opened<double[]> opened = releases.ask(federation, visit, purpose(), asked, budgets.gradient());
    double[] mean = opened.value().clone();
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= workers;
    }
    lengths.add(mean, releases.deviation(asked, budgets.gradient()) / workers);
    Step step = plan.server().step(server, model, mean);
    model = step.model();
    server = step.state();
    done++;
    return opened.map(any -> model);
  }

  private UpdateWithin asked(int round) {
    LocalUpdate local = LocalUpdate.of(plan, privacy.cut().scaling(), round, model);
    return new UpdateWithin(local, privacy.updateNorm().orElseThrow());
  }

  @Override
  public double[] model() {
    return model.clone();
  }

  @Override
  public Optional<NoisedMetrics> evaluate(Federation<Shard> federation, AskedRows rows) {
    return new NoisedEvaluation(plan, releases)
        .within(federation, rows, privacy.cut().scaling().toRaw(model), budgets.figures(rows));
  }

  @Override
  public Optional<FitStatistics> statistics(Federation<Shard> federation) {
    return Optional.empty();
  }

  @Override
  public List<Released> releases() {
    return releases.all();
  }

  @Override
  public List<Message> notes() {
    List<Message> all = new ArrayList<>(notes);
    lengths.note().ifPresent(all::add);
    return all;
  }

  @Override
  public Work saved() {
    Map<String, double[]> values = server.under(SERVER);
    values.put(MODEL, model);
    return new Work(AVERAGE, values, new int[] {done});
  }

  @Override
  public void restore(Work saved) {
    if (!saved.at().equals(AVERAGE)
        || saved.range().length != 1
        || !saved.values().keySet().equals(saved().values().keySet())
        || saved.values().get(MODEL).length != model.length) {
      throw new IllegalArgumentException("a state must be one of a noised average");
    }
    server = server.from(saved.values(), SERVER);
    model = saved.values().get(MODEL).clone();
    done = saved.range()[0];
    int updates = done + (done < plan.rounds() ? 1 : 0);
    if (updates > 0) {
      releases.count(purpose(), asked(1), budgets.gradient(), updates);
    }
    noteSettings();
    notes.add(NoisedFit.GONE_ON_WITH);
  }
}
