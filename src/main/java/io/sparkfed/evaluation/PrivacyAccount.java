package io.sparkfed.evaluation;

import io.sparkfed.aggregate.RowPart;
import java.util.List;

/**
 * What a run's releases cost, and what that means.
 *
 * @param unit what is protected
 * @param epsilon asked for
 * @param delta asked for
 * @param rho what was spent, in zero-concentrated differential privacy
 * @param exactEpsilon the epsilon of the same Gaussian releases by the exact curve, at {@code
 *     delta}: it holds for settings that were fixed beforehand, and is for display only. What is
 *     guaranteed, also beside other runs, is {@code epsilon}
 * @param advantage by how much more than by guessing whoever sees all releases can tell at most
 *     whether a row was there, in [0, 1]
 * @param honestWorkers of how many workers the noise is relied on
 * @param rowsOfPerson how many rows one person may have at a worker
 * @param releases in the order of the run
 */
public record PrivacyAccount(
    HiddenUnit unit,
    double epsilon,
    double delta,
    double rho,
    double exactEpsilon,
    double advantage,
    int honestWorkers,
    int rowsOfPerson,
    List<Released> releases) {

  /** Takes a copy of the list. */
  public PrivacyAccount {
    releases = List.copyOf(releases);
  }

  /**
   * Releases of one purpose.
   *
   * @param purpose what was summed, e.g. {@code gradient}
   * @param rows which rows it is about
   * @param sums how many
   * @param length numbers in each
   * @param sigma standard deviation of the noise on each number, in its own unit
   * @param sensitivity how far what is protected moves the vector (L2), in the same unit
   * @param rho of all of them together
   */
  public record Released(
      String purpose,
      RowPart rows,
      int sums,
      int length,
      double sigma,
      double sensitivity,
      double rho) {

    /**
     * Returns the same for something that costs another part of the rho.
     *
     * @param share positive
     */
    public Released times(double share) {
      return new Released(
          purpose, rows, sums, length, sigma, Math.sqrt(share) * sensitivity, share * rho);
    }
  }
}
