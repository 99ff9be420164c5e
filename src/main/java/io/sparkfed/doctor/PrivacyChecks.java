package io.sparkfed.doctor;

import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.recipe.PlannedNoise;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What can be told of hidden rows before a run starts. */
public final class PrivacyChecks {
  /** As of a thousand rows, where nobody says how many there are. */
  private static final double MOST_DELTA = 1e-3;

  /** From here on a coin is nearer to a certain answer than to a guess. */
  private static final double MUCH = 0.5;

  private PrivacyChecks() {}

  /** Checks a configuration, and reads nothing; nothing is found where no rows are hidden. */
  public static List<Finding> of(TrainingConfig config) {
    List<Finding> findings = new ArrayList<>();
    config
        .privacy()
        .ifPresent(
            privacy -> {
              findings.add(budget(config));
              findings.add(delta(config, privacy));
              findings.add(ledger(config));
            });
    return findings;
  }

  private static Finding budget(TrainingConfig config) {
    double advantage = PlannedNoise.advantage(config);
    return new Finding(
        Area.PRIVACY,
        advantage > MUCH ? Verdict.WARN : Verdict.OK,
        "privacy",
        PlannedNoise.budget(config),
        "as little as the model allows",
        String.format(
            Locale.ROOT,
            "whoever sees all that the run tells can tell whether %s with at"
                + " most %.2f points above guessing",
            PlannedNoise.unit(config).given(),
            Math.ceil(1e4 * advantage) / 1e2));
  }

  private static Finding delta(TrainingConfig config, PrivacySettings privacy) {
    boolean areWorkers = privacy.unit() == Unit.WORKER;
    boolean isKnown =
        areWorkers ? config.data().source().knownWorkers().isPresent() : privacy.rows().isPresent();
    boolean isLarge = !isKnown && privacy.delta() >= MOST_DELTA;
    String hidden = areWorkers ? "worker" : "row";
    String count = areWorkers ? "number of workers" : "privacy.rows";
    String known = areWorkers || !isKnown ? "" : ", " + 1.0 / privacy.rows().getAsLong();
    return new Finding(
        Area.PRIVACY,
        isLarge ? Verdict.DANGER : isKnown ? Verdict.OK : Verdict.WARN,
        "privacy.delta",
        String.valueOf(privacy.delta()),
        "less than 1 / " + count + (isKnown ? known : ", or " + MOST_DELTA),
        isKnown
            ? "with one so small, a run can't tell a " + hidden + " in full by chance"
            : "the "
                + (areWorkers ? "number of workers" : "number of rows (privacy.rows)")
                + " isn't set, so nobody can check it: with a larger one, a run may tell "
                + hidden
                + "s in full");
  }

  private static Finding ledger(TrainingConfig config) {
    boolean hasKeys = config.aggregation().keys().isPresent();
    return new Finding(
        Area.PRIVACY,
        hasKeys ? Verdict.OK : Verdict.WARN,
        "owners' budgets",
        hasKeys ? "kept where policies have dp.epsilon" : "kept by nobody",
        "kept in each owner's key folder",
        hasKeys
            ? "jobs/keys budget DIR WORKER shows each owner what is left"
            : "without aggregation.keys nobody adds up what several runs tell of the same rows");
  }
}
