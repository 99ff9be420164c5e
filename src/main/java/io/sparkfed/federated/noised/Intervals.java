package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.HessianWithin;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Message;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.objective.RowCut;
import io.sparkfed.objective.SampledGram;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Standard errors and intervals of a fit from noised gradients, which count the noise: from one
 * Hessian more, with noise, after the last round.
 */
final class Intervals {
  /** What the account calls it. */
  private static final String HESSIAN = "Hessian";

  /** Rows of the mean square q are mostly not twice as long as that. */
  private static final double LONG_ROWS = 2.0;

  private final TrainingPlan plan;
  private final RowCut cut;
  private final Releases releases;
  private final int order;
  private final double mostOfRow;

  Intervals(TrainingPlan plan, Releases releases) {
    this.plan = plan;
    this.cut = plan.privacy().orElseThrow().cut();
    this.releases = releases;
    this.order = SampledGram.order(plan.shape());
    this.mostOfRow = LONG_ROWS * order * Steps.mostCurvature(plan.family(), plan.loss());
  }

  /** Returns what there is to say where there are none. */
  static Message none(String reason) {
    return Message.of("no intervals: ", reason);
  }

  /**
   * Returns the steps of a fit that can have intervals; nothing where none are asked for, and where
   * it is sure, before any row is looked at, that noise will dominate.
   */
  Optional<Steps> steps(double rows, Budgets budgets) {
    if (!budgets.hasIntervals()) {
      return Optional.empty();
    }
    HessianWithin hessian = asked(new double[plan.shape().size()], new double[0], 1.0, 1.0);
    double deviation = releases.deviation(hessian, budgets.hessian());
    double largest = rows * Steps.mostCurvature(plan.family(), plan.loss());
    if (!(NoisedErrors.least(deviation, order) < largest)) {
      return Optional.empty();
    }
    GradientWithin ofOne =
        new GradientWithin(hessian.model(), plan.loss(), plan.shape(), cut, new double[0], 1.0);
    return Steps.unbiased(
        plan.family(),
        plan.loss(),
        order,
        plan.shape().size(),
        plan.privacy().orElseThrow().labelScale(),
        releases.deviation(ofOne, budgets.gradient()) / rows);
  }

  private HessianWithin asked(double[] model, double[] whitening, double stretch, double clip) {
    return new HessianWithin(
        model,
        (Loss) plan.loss(),
        plan.shape(),
        cut,
        whitening,
        stretch * mostOfRow,
        hasLikelihood() ? 0.0 : clip);
  }

  /** Returns whether labels say by themselves how far they are from their mean. */
  private boolean hasLikelihood() {
    return plan.family() == Family.LOGISTIC || plan.family() == Family.POISSON;
  }

  /**
   * Asks for the Hessian at a model, and returns the statistics of its coefficients.
   *
   * @param model of whitened gradients, in the units of the cut's scaling
   * @param way from the first iterate to the model, in its coordinates
   * @param steps its
   * @param notes gets why there are none
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  Optional<FitStatistics> of(
      Federation<Shard> federation,
      double[] model,
      double[] way,
      Coordinates coordinates,
      Steps steps,
      double rows,
      Budgets budgets,
      List<Message> notes) {
    HessianWithin asked =
        asked(model, coordinates.whitening(), steps.stretch(plan.family()), steps.clip());
    NamedVector opened =
        releases.ask(federation, HESSIAN, "Hessian for intervals", asked, budgets.hessian());
    SymmetricMatrix hessian = Releases.unscaled(order, opened.all(HessianWithin.HESSIAN));
    double deviation = releases.deviation(asked, budgets.hessian());
    Dispersion dispersion =
        hasLikelihood()
            ? Dispersion.known(1.0 / cut.mostWeight())
            : dispersion(asked, opened, hessian, deviation, rows);
    if (!dispersion.obstacle().isEmpty()) {
      notes.add(none(dispersion.obstacle()));
      return Optional.empty();
    }
    GradientWithin gradient =
        new GradientWithin(
            model, plan.loss(), plan.shape(), cut, coordinates.whitening(), steps.clip());
    UnaryOperator<double[]> toColumns =
        coordinate -> cut.scaling().toRaw(coordinates.times(coordinate));
    NoisedErrors.Found found =
        new NoisedErrors(
                steps.length(),
                rows,
                releases.deviation(gradient, budgets.gradient()),
                // The first says where the others begin.
                plan.rounds() - (MeanRate.isAsked(plan.family(), plan.shape()) ? 1 : 0),
                Steps.averaged(plan.rounds()),
                dispersion.phi())
            .of(hessian, deviation, way, toColumns);
    return told(plan, found, model, rows, notes);
  }

  private Dispersion dispersion(
      HessianWithin asked,
      NamedVector opened,
      SymmetricMatrix hessian,
      double deviation,
      double rows) {
    double trace = Arrays.stream(hessian.diagonal()).sum();
    // Rows have mean square 1 in each of the directions.
    double uncut = rows * order * Steps.mostCurvature(plan.family(), plan.loss());
    return Dispersion.of(
        trace,
        uncut,
        opened.get(HessianWithin.SQUARES),
        opened.get(HessianWithin.CUT_OFF),
        asked.most(),
        asked.clip(),
        deviation,
        rows);
  }

  /**
   * Returns the statistics of coefficients with errors that count noise; empty where there are
   * none.
   *
   * @param model in the units of the cut's scaling
   * @param notes gets what there is to say
   */
  static Optional<FitStatistics> told(
      TrainingPlan plan,
      NoisedErrors.Found found,
      double[] model,
      double rows,
      List<Message> notes) {
    if (!found.obstacle().isEmpty()) {
      notes.add(none(found.obstacle()));
      return Optional.empty();
    }
    notes.add(
        Message.of(
            "standard errors, p-values and intervals count the noise, as well as what rows were"
                + " drawn"));
    PrivatePlan privacy = plan.privacy().orElseThrow();
    return Optional.of(
        FitStatistics.withNoise(
            rows,
            privacy.cut().scaling().toRaw(model),
            found.each(),
            plan.shape().hasIntercept(),
            privacy.confidenceLevel()));
  }
}
