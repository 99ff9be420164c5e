package io.sparkfed.math;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The inverse Hessian that L-BFGS estimates from its last steps s and the changes y of the gradient
 * over them (Nocedal and Wright, "Numerical Optimization", 2nd edition, section 7.2). Immutable.
 */
public final class InverseHessian {
  private static final UnaryOperator<double[]> IDENTITY = UnaryOperator.identity();

  private final int memory;
  private final UnaryOperator<double[]> initial;
  private final boolean knowsFlatDirections;
  private final List<Pair> pairs;

  private InverseHessian(
      int memory, UnaryOperator<double[]> initial, boolean knowsFlatDirections, List<Pair> pairs) {
    this.memory = memory;
    this.initial = initial;
    this.knowsFlatDirections = knowsFlatDirections;
    this.pairs = pairs;
  }

  /** The last is 1 / s'y. */
  private record Pair(double[] step, double[] change, double inverse) {}

  /**
   * Returns the estimate before the first step: the identity.
   *
   * @param memory number of steps remembered, at least 1
   */
  public static InverseHessian identity(int memory) {
    return new InverseHessian(memory, IDENTITY, false, List.of());
  }

  /**
   * Returns the estimate before the first step: a symmetric positive definite matrix.
   *
   * @param memory number of steps remembered, at least 1
   * @param initial returns its product with a vector, in a new array or the same one
   */
  public static InverseHessian startingFrom(int memory, UnaryOperator<double[]> initial) {
    return new InverseHessian(memory, initial, true, List.of());
  }

  /** The same where the matrix is too nearly singular to tell how flat flat directions are. */
  public static InverseHessian startingNear(int memory, UnaryOperator<double[]> initial) {
    return new InverseHessian(memory, initial, false, List.of());
  }

  /** Returns whether nothing is known. */
  public boolean isIdentity() {
    return pairs.isEmpty() && initial == IDENTITY;
  }

  /**
   * Returns the estimate after one more step; this one if the gradient didn't grow along the step
   * beyond rounding, for then there is no curvature to remember.
   */
  public InverseHessian after(double[] step, double[] change) {
    double product = dot(step, change);
    double rounding = Math.ulp(1.0) * Math.sqrt(dot(step, step) * dot(change, change));
    if (!(product > rounding)) {
      return this;
    }
    List<Pair> next = new ArrayList<>(pairs);
    if (next.size() == memory) {
      next.remove(0);
    }
    next.add(new Pair(step.clone(), change.clone(), 1.0 / product));
    return new InverseHessian(memory, initial, knowsFlatDirections, List.copyOf(next));
  }

  /** Returns whether steps are remembered. */
  public boolean hasLearnt() {
    return !pairs.isEmpty();
  }

  /** Returns whether it was known before the first step in which directions there is little. */
  public boolean knowsFlatDirections() {
    return knowsFlatDirections;
  }

  /** Returns the largest curvature along a step that is remembered; 0 where none is. */
  public double largestCurvature() {
    double largest = 0.0;
    for (Pair pair : pairs) {
      largest = Math.max(largest, 1.0 / (pair.inverse * dot(pair.step, pair.step)));
    }
    return largest;
  }

  /** Returns the estimate before the first step. */
  public InverseHessian forgotten() {
    return new InverseHessian(memory, initial, knowsFlatDirections, List.of());
  }

  /** Returns copies of the steps that are remembered, the oldest first. */
  public List<double[]> steps() {
    return pairs.stream().map(pair -> pair.step.clone()).toList();
  }

  /** Returns copies of the changes of the gradient over {@link #steps}. */
  public List<double[]> changes() {
    return pairs.stream().map(pair -> pair.change.clone()).toList();
  }

  /**
   * Returns minus this times {@code gradient}: the two-loop recursion, algorithm 7.4, from the
   * multiple {@code s'y / y'My} of the initial matrix M for the newest step.
   */
  public double[] direction(double[] gradient) {
    double[] d = gradient.clone();
    double[] alphas = new double[pairs.size()];
    for (int i = pairs.size() - 1; i >= 0; i--) {
      Pair pair = pairs.get(i);
      alphas[i] = pair.inverse * dot(pair.step, d);
      Vectors.addScaled(-alphas[i], pair.change, 0, d, d.length);
    }
    double scale = 1.0;
    if (!pairs.isEmpty()) {
      Pair newest = pairs.get(pairs.size() - 1);
      double[] change = initial.apply(newest.change.clone());
      scale = 1.0 / (newest.inverse * dot(newest.change, change));
    }
    d = initial.apply(d);
    for (int j = 0; j < d.length; j++) {
      d[j] *= scale;
    }
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      double beta = pair.inverse * dot(pair.change, d);
      Vectors.addScaled(alphas[i] - beta, pair.step, 0, d, d.length);
    }
    for (int j = 0; j < d.length; j++) {
      d[j] = -d[j];
    }
    return d;
  }

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }
}
