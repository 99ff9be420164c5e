package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Family;
import io.sparkfed.model.formula.Formula;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads {@code privacy}. */
final class PrivacyReader {
  static final String UNIT = "privacy.unit";
  private static final String PRESET = "algorithm.preset";
  private static final String PRIVACY = "privacy";

  /** Of lengths in the units of rows: squares of them, and sums of these, have room. */
  static final double LEAST = 1e-20;

  static final double MOST = 1e20;

  /** Of a hundred rows, or workers: noise hides so few. */
  private static final double MOST_DELTA = 1e-2;

  private static final String ROWS = "privacy.rows";
  private static final String DELTA = "privacy.delta";
  static final String GRAM_SHARE = "privacy.gram-share";
  static final String INTERVALS_SHARE = "privacy.intervals-share";
  private static final String PERSON = "privacy.person-column";

  static final String WEIGHTING = "algorithm.weighting";
  private static final String UPDATE_NORM = "privacy.update-norm";

  /** Keys of the section that are about single rows. */
  private static final List<String> OF_ROWS =
      List.of(
          ROWS,
          PERSON,
          "privacy.rows-per-person",
          "privacy.max-weight",
          "privacy.max-row-norm",
          "privacy.count-share");

  private final Config user;
  private final ConfigReader read;

  /**
   * Creates a reader.
   *
   * @param user what was set, without defaults
   */
  PrivacyReader(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  /**
   * Returns what is taken under a unit where nobody says otherwise, as the common defaults aren't
   * possible there.
   *
   * @param user what was set, without defaults
   */
  static Config defaultsOf(Config user) {
    if (hides(Unit.WORKER, user)) {
      return ConfigFactory.parseMap(
          Map.of(
              WEIGHTING, EnumNames.of(Weighting.EQUAL), "data.missing", EnumNames.of(Missing.DROP)),
          UNIT + " = worker");
    }
    return hidesRows(user) && !user.hasPathOrNull(PRESET)
        ? ConfigFactory.parseMap(Map.of(PRESET, PresetNames.PRIVATE), UNIT + " = row")
        : ConfigFactory.empty();
  }

  /** Returns whether rows are hidden, as far as it can be said before values are checked. */
  static boolean hidesRows(Config config) {
    return hides(Unit.ROW, config);
  }

  private static boolean hides(Unit unit, Config config) {
    return config.hasPath(UNIT) && EnumNames.of(unit).equals(config.getValue(UNIT).unwrapped());
  }

  /** Returns the preset that a name stands for: auto has no other where rows are hidden. */
  static String taken(String preset, boolean hidesRows) {
    return hidesRows && preset.equals(PresetNames.AUTO) ? PresetNames.PRIVATE : preset;
  }

  /** Returns how many gradients are summed. */
  static int rounds(ConfigReader read) {
    return read.integer("privacy.rounds", 1, 10_000);
  }

  /** Returns whether something is hidden. */
  boolean isProtecting() {
    return unit() != Unit.NONE;
  }

  /** Returns whether single rows are hidden. */
  boolean hidesRows() {
    return unit() == Unit.ROW;
  }

  /** Returns what is protected. */
  Unit unit() {
    return read.oneOf(UNIT, Unit.class);
  }

  /**
   * Returns the section; empty where nothing is protected.
   *
   * @throws ConfigurationException if a key's value is out of its domain, or doesn't go with others
   */
  Optional<PrivacySettings> privacy(DataConfig data, Family family) {
    if (unit() == Unit.NONE) {
      refuseWithoutUnit();
      return Optional.empty();
    }
    PrivacyValidation.requireLevels(data, unit());
    HiddenFormats.require(data, unit());
    PrivacyValidation.requireAllRows(data, unit());
    refuseOffsets(data.columns(), family);
    refuseIdle();
    OptionalLong rows = rows();
    Optional<String> person = person(data);
    int perPerson = read.integer("privacy.rows-per-person", 1, 1_000_000);
    if (perPerson > 1 && person.isEmpty()) {
      throw read.invalid(
          "privacy.rows-per-person",
          "needs " + PERSON + ": otherwise nobody knows which rows are one person's");
    }
    BoundsReader bounds = new BoundsReader(user, read);
    return Optional.of(
        new PrivacySettings(
            unit(),
            read.number(
                "privacy.epsilon",
                "must be a number > 0 and at most 1e9",
                v -> v > 0.0 && v <= 1e9),
            delta(hidden(data, rows)),
            rows,
            perPerson,
            person,
            bounds.ofColumns(data),
            bounds.vectorSize(data.columns(), unit()),
            bounds.ofLabels(family),
            read.number("privacy.max-weight", "must be a number > 0", v -> v > 0.0),
            read.isSet("privacy.max-row-norm")
                ? OptionalDouble.of(
                    read.number(
                        "privacy.max-row-norm",
                        "must be a number from 1e-20 to 1e20",
                        v -> v >= LEAST && v <= MOST))
                : OptionalDouble.empty(),
            read.isSet("privacy.honest-workers")
                ? OptionalInt.of(read.integer("privacy.honest-workers", 1, Integer.MAX_VALUE))
                : OptionalInt.empty(),
            rounds(read),
            share(read, GRAM_SHARE),
            share(read, "privacy.evaluation-share"),
            read.number(
                "privacy.count-share", "must be a number in (0, 1)", v -> v > 0.0 && v < 1.0),
            share(read, INTERVALS_SHARE),
            updateNorm()));
  }

  /** A number that says who somebody is must not reach a model. */
  private Optional<String> person(DataConfig data) {
    Optional<String> person = read.optionalString(PERSON);
    if (person.isEmpty()) {
      return person;
    }
    if (data.source() instanceof Synthetic) {
      throw read.invalid(PERSON, "must not be set where rows are generated: they are nobody's");
    }
    Columns columns = data.columns();
    List<String> used = new ArrayList<>(columns.features());
    used.addAll(columns.featuresVector().stream().toList());
    used.addAll(columns.response().columns());
    used.addAll(columns.weight().stream().toList());
    columns.offsetExpression().ifPresent(offset -> used.addAll(offset.columns()));
    if (ColumnNames.spelled(person.get(), used).isPresent()) {
      throw read.invalid(
          PERSON,
          "must not name a feature, the label, the weight or the offset: nobody's id is one");
    }
    return person;
  }

  /** Where an offset would be left out, or makes the steps wrong, the model would be another. */
  private void refuseOffsets(Columns columns, Family family) {
    if (!hidesRows() || columns.offset().isEmpty()) {
      return;
    }
    boolean byFormula = columns.formula().flatMap(Formula::offset).isPresent();
    String key = byFormula ? "data.formula" : "data.offset-column";
    String unset = byFormula ? "must have no offset" : "must not be set";
    String preset = read.oneOf(PRESET, PresetNames.all());
    if (Preset.of(preset).orElseThrow().slots() instanceof Preset.Noised noised
        && noised.method() == Method.STATISTICS) {
      throw read.invalid(
          key,
          unset
              + " for "
              + PRESET
              + " = "
              + preset
              + ": its products are of features and labels, without offsets; use private");
    }
    if (family == Family.POISSON) {
      throw read.invalid(
          key,
          unset
              + " for model.family = "
              + EnumNames.of(family)
              + unit().under()
              + ": how long steps may be follows from the mean exposure, which no release tells");
    }
  }

  private void refuseWithoutUnit() {
    if (!user.hasPath(PRIVACY)) {
      return;
    }
    for (String key : read.keysIn(PRIVACY)) {
      String path = PRIVACY + "." + key;
      if (!path.equals(UNIT) && user.hasPath(path)) {
        throw read.invalid(path, "does nothing without " + UNIT + " = row or worker");
      }
    }
  }

  /** Refuses what says how single rows are hidden where whole workers are, and the reverse. */
  private void refuseIdle() {
    if (unit() == Unit.ROW && user.hasPath(UPDATE_NORM)) {
      throw read.invalid(UPDATE_NORM, "does nothing without " + UNIT + " = worker");
    }
    if (unit() == Unit.WORKER) {
      for (String key : OF_ROWS) {
        if (user.hasPath(key)) {
          throw read.invalid(
              key, "does nothing" + Unit.WORKER.under() + ", which hides all rows of a worker");
        }
      }
    }
  }

  private OptionalDouble updateNorm() {
    if (unit() != Unit.WORKER) {
      return OptionalDouble.empty();
    }
    if (!read.isSet(UPDATE_NORM)) {
      throw read.missing(UPDATE_NORM);
    }
    return OptionalDouble.of(
        read.number(
            UPDATE_NORM, "must be a number from 1e-20 to 1e20", v -> v >= LEAST && v <= MOST));
  }

  /** Returns a part of the budget. */
  static double share(ConfigReader read, String key) {
    return read.number(key, "must be a number in [0, 1)", v -> v >= 0.0 && v < 1.0);
  }

  private OptionalLong rows() {
    if (!read.isSet(ROWS)) {
      return OptionalLong.empty();
    }
    long rows = read.longInteger(ROWS);
    if (rows < 1) {
      throw read.invalid(ROWS, "must be at least 1");
    }
    return OptionalLong.of(rows);
  }

  /** Returns of how many one is hidden, where that is public. */
  private OptionalLong hidden(DataConfig data, OptionalLong rows) {
    if (unit() != Unit.WORKER) {
      return rows;
    }
    OptionalInt workers = data.source().knownWorkers();
    return workers.isPresent() ? OptionalLong.of(workers.getAsInt()) : OptionalLong.empty();
  }

  /**
   * Returns the delta.
   *
   * @param hidden of how many one is hidden, where that is public
   */
  private double delta(OptionalLong hidden) {
    double delta = read.number(DELTA, "must be a number in (0, 1)", v -> v > 0.0 && v < 1.0);
    if (hidden.isPresent() && delta >= 1.0 / hidden.getAsLong()) {
      boolean areWorkers = unit() == Unit.WORKER;
      throw read.invalid(
          DELTA,
          "must be less than 1 / "
              + (areWorkers ? "the number of workers" : ROWS)
              + ", which is "
              + 1.0 / hidden.getAsLong()
              + ": with delta so large, a run may tell whole "
              + (areWorkers ? "workers" : "rows"));
    }
    if (hidden.isEmpty() && delta > MOST_DELTA) {
      boolean areWorkers = unit() == Unit.WORKER;
      throw read.invalid(
          DELTA,
          "must be at most "
              + MOST_DELTA
              + (areWorkers
                  ? " where the number of workers isn't known"
                  : " where " + ROWS + " isn't set")
              + ", and less than 1 / the number of "
              + (areWorkers ? "workers" : "rows")
              + ": with delta so large, a run may tell whole "
              + (areWorkers ? "workers" : "rows"));
    }
    return delta;
  }
}
