package io.sparkfed.federated.training;

import io.sparkfed.aggregate.RowPart;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.privacy.GaussianCurve;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.List;

/** Adds up what releases cost a row. */
final class Accounts {
  private Accounts() {}

  /**
   * Returns the account of a run. A row is among training or test rows, so the larger of both sums
   * counts; a worker has rows in both, so their sum does. A run that was gone on with may have cost
   * more than it set out for.
   *
   * @param honest of how many workers the noise is relied on
   * @param priced at the price of rows
   */
  static PrivacyAccount of(PrivatePlan privacy, int honest, List<Released> priced) {
    double share = 1.0 / privacy.unit().priceOfRow();
    List<Released> releases = priced.stream().map(release -> release.times(share)).toList();
    Zcdp train = spent(releases, RowPart.TRAIN);
    Zcdp test = spent(releases, RowPart.TEST);
    Zcdp spent = privacy.unit() == HiddenUnit.WORKER ? train.then(test) : train.beside(test);
    return new PrivacyAccount(
        privacy.unit(),
        Math.max(privacy.epsilon(), spent.epsilon(privacy.delta())),
        privacy.delta(),
        spent.rho().doubleValue(),
        GaussianCurve.epsilon(spent.mu(), privacy.delta()),
        GaussianCurve.advantage(spent.mu()),
        honest,
        privacy.cut().rowsOfPerson(),
        releases);
  }

  private static Zcdp spent(List<Released> releases, RowPart part) {
    return releases.stream()
        .filter(release -> release.rows() == part)
        .map(release -> new Zcdp(new BigDecimal(release.rho())))
        .reduce(Zcdp.NOTHING, Zcdp::then);
  }
}
