package io.sparkfed.doctor;

/**
 * What a check before a run found.
 *
 * @param area what it is about
 * @param verdict whether the run may start
 * @param check what was looked at: a setting, a key of the configuration, a path
 * @param is what it is; never a secret, never a row
 * @param shouldBe what it should be
 * @param why what depends on it
 */
public record Finding(
    Area area, Verdict verdict, String check, String is, String shouldBe, String why) {

  /** What a finding is about. */
  public enum Area {
    /** The run's configuration, and the keys it names. */
    CONFIGURATION,
    /** Where the rows are. */
    DATA,
    /** How many workers there are. */
    COHORT,
    /** Where the results go. */
    OUTPUT,
    /** Spark's settings. */
    CLUSTER,
    /** How well rows are hidden. */
    PRIVACY,
    /** What owners' policies say to the study. */
    OWNERS
  }

  /** Whether a run may start. */
  public enum Verdict {
    OK,
    /** It may, knowing this. */
    WARN,
    /** It must not. */
    DANGER
  }
}
