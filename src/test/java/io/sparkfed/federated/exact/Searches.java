package io.sparkfed.federated.exact;

import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.model.Family;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Every search for an exact optimum, and rows for it whose labels are made of their features. */
final class Searches {
  private Searches() {}

  /** Returns a plan of each: Newton, L-BFGS, and L-BFGS that starts from the correlations. */
  static List<PlanBuilder> all() {
    return List.of(
        new PlanBuilder().optimizer(new Newton(1e-12)),
        new PlanBuilder().optimizer(new Lbfgs(10, 1e-11)),
        new PlanBuilder().preconditioned().optimizer(new Lbfgs(10, 1e-11)));
  }

  /** Returns rows of two correlated features, and labels made of both. */
  static Table table(int rows, ToDoubleFunction<double[]> label) {
    double[][] x = Table.random(3L, rows, 2, Family.LINEAR).x();
    return Table.of(x, Arrays.stream(x).mapToDouble(label).toArray());
  }
}
