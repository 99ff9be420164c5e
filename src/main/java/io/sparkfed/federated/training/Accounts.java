package io.sparkfed.federated.training;

import io.sparkfed.aggregate.RowPart;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.privacy.GaussianCurve;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** Adds up what releases cost a row. */
final class Accounts {
  private Accounts() {}

  /**
   * Returns the account of a run. A row is among training or test rows, so the larger of both sums
   * counts.
   *
   * @param honest of how many workers the noise is relied on
   */
  static PrivacyAccount of(PrivatePlan privacy, int honest, List<Released> releases) {
    Zcdp spent = spent(releases, RowPart.TRAIN).beside(spent(releases, RowPart.TEST));
    return new PrivacyAccount(
        privacy.unit(),
        privacy.epsilon(),
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
        .filter(release -> release.rows().equals(part.name().toLowerCase(Locale.ROOT)))
        .map(release -> new Zcdp(new BigDecimal(release.rho())))
        .reduce(Zcdp.NOTHING, Zcdp::then);
  }
}
