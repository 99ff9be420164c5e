package io.sparkfed.federated;

import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a test says of trainings that hide whole workers.
 *
 * @param norm of an update
 * @param share of the budget that is for figures
 * @param isSplit whether these are of test rows
 * @param honest of how many workers the noise is relied on
 */
public record HiddenWorkers(
    double epsilon, double delta, double norm, double share, boolean isSplit, int honest) {

  /** Returns the same with another length of updates. */
  public HiddenWorkers within(double other) {
    return new HiddenWorkers(epsilon, delta, other, share, isSplit, honest);
  }

  /** Returns the plan of a family whose numbers are in [-1, 1], and so are labels. */
  public PrivatePlan plan(Family family, ModelShape shape) {
    return new PrivatePlan(
        HiddenUnit.WORKER,
        PrivatePlan.Method.UPDATES,
        epsilon,
        delta,
        budget(),
        new RowCut(Scaling.identity(shape), Math.sqrt(shape.features() + 1.0), 1.0, 1),
        0.0,
        1.0,
        OptionalLong.empty(),
        OptionalInt.of(honest),
        0.95,
        MetricSettings.of(family),
        OptionalDouble.of(norm));
  }

  /** At the price of rows: four times that of workers. */
  private RunBudget budget() {
    Zcdp all = Zcdp.within(epsilon, delta).times(4);
    Zcdp test = isSplit ? all.part(new BigDecimal(share)) : Zcdp.NOTHING;
    return new RunBudget(all, test, isSplit ? 0.0 : share, 0.0, 0.0, 0.0);
  }
}
