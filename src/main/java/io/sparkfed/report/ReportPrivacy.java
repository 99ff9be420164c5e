package io.sparkfed.report;

import static io.sparkfed.report.ReportText.capitalized;
import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.number;

import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import java.util.List;
import java.util.Map;

/** The report's account of noise, as the template wants it. */
final class ReportPrivacy {
  private final PrivacyAccount account;

  ReportPrivacy(PrivacyAccount account) {
    this.account = account;
  }

  Map<String, Object> view() {
    return Map.of(
        "meaning",
        PrivacyWords.meaning(account),
        "honest",
        PrivacyWords.honest(account),
        "figures",
        List.of(
            figure("Neighbors", capitalized(PrivacyWords.adjacency(account))),
            figure("Guarantee, to quote", PrivacyWords.guarantee(account)),
            figure(
                "For display only",
                "epsilon "
                    + number(account.exactEpsilon())
                    + " by the exact curve, for these fixed settings; no guarantee"),
            figure(
                "Noise relied on",
                "of "
                    + account.honestWorkers()
                    + (account.honestWorkers() == 1 ? " worker" : " workers"))),
        "unit",
        account.unit().text(),
        "releases",
        account.releases().stream().map(ReportPrivacy::release).toList());
  }

  private static Map<String, String> figure(String label, String value) {
    return Map.of("label", label, "value", value);
  }

  private static Map<String, String> release(Released release) {
    return Map.of(
        "purpose", release.purpose(),
        "rows", release.rows().text(),
        "sums", count(release.sums()),
        "length", count(release.length()),
        "sigma", number(release.sigma()),
        "sensitivity", number(release.sensitivity()),
        "rho", number(release.rho()));
  }
}
