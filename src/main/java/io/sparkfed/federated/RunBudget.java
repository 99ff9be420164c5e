package io.sparkfed.federated;

import io.sparkfed.privacy.Zcdp;

/**
 * What the releases of a run may cost, and what part of it is for what: public, as nothing of it
 * depends on rows.
 *
 * @param training what all releases about training rows may cost
 * @param test what the release about test rows may cost; nothing where there is none. A row is in
 *     one of both parts, and which depends on that row alone, so the run costs the larger. Of whole
 *     workers, who have rows in both, it is a part of {@code training}
 * @param figuresShare of {@code training}: for figures of training rows at the end, in [0, 1)
 * @param countShare of what that leaves: for the number of rows, in [0, 1); 0 where it is public
 * @param intervalsShare of what is left then: for the Hessian that intervals of a fit from
 *     gradients need, in [0, 1); 0 for none
 * @param productsShare of what is left after that: for the features' products, in [0, 1)
 */
public record RunBudget(
    Zcdp training,
    Zcdp test,
    double figuresShare,
    double countShare,
    double intervalsShare,
    double productsShare) {

  /** Returns the same without intervals. */
  public RunBudget withoutIntervals() {
    return new RunBudget(training, test, figuresShare, countShare, 0.0, productsShare);
  }

  /** Returns what all releases of the run cost a row. */
  public Zcdp plan() {
    return training.beside(test);
  }
}
