package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.StudySettings;
import io.sparkfed.config.WorkersHalf;
import io.sparkfed.data.Scalar;
import io.sparkfed.owner.Asked;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.Study;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.wire.ProtocolException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The study of a configuration, and what a study asks for. */
public final class Studies {
  private static final byte[] NOBODY = new byte[0];

  private Studies() {}

  /**
   * Returns the study of a configuration, signed where it names an analyst.
   *
   * @throws ConfigurationException if the analyst's keys or the roster can't be read
   */
  public static SignedStudy of(TrainingConfig config) {
    byte[] roster =
        config.aggregation().keys().isEmpty()
            ? NOBODY
            : Presets.keys(config.aggregation()).roster().hash();
    StudySettings says = config.study();
    if (says.analyst().isEmpty()) {
      return SignedStudy.byNobody(study(config, roster, NOBODY));
    }
    byte[] identity = identity(says.analyst().get());
    return SignedStudy.by(identity, study(config, roster, Signing.publicKey(identity)));
  }

  /**
   * Returns the hash of a configuration's study.
   *
   * @throws ConfigurationException if the analyst's keys or the roster can't be read
   */
  static byte[] hash(TrainingConfig config) {
    return of(config).open().hash();
  }

  private static Study study(TrainingConfig config, byte[] roster, byte[] analyst) {
    WorkersHalf asked = config.asked();
    return new Study(
        config.name(),
        config.study().purpose(),
        config.study().until().map(String::valueOf).orElse(""),
        roster,
        analyst,
        asked.settings(),
        asked.given());
  }

  private static byte[] identity(String folder) {
    try {
      return new KeyFolder(Path.of(folder)).keys().identity();
    } catch (ProtocolException e) {
      throw new ConfigurationException("study.analyst " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns what a study asks of a worker's rows.
   *
   * @throws ConfigurationException if it is not one that this version would ask
   */
  public static Asked asked(Study study, String worker) {
    return asked(study, worker, config(study, worker));
  }

  /**
   * Returns the same of a study that was read.
   *
   * @param config as {@link #config} returned it
   */
  static Asked asked(Study study, String worker, TrainingConfig config) {
    WorkersHalf half = new WorkersHalf(study.settings(), study.given());
    DataConfig data = config.data();
    Columns columns = data.columns();
    SortedSet<String> labels = lower(columns.response().columns());
    SortedSet<String> all = new TreeSet<>(labels);
    all.addAll(lower(columns.features()));
    all.addAll(lower(columns.featuresVector().stream().toList()));
    all.addAll(lower(columns.weight().stream().toList()));
    config
        .privacy()
        .flatMap(PrivacySettings::personColumn)
        .ifPresent(person -> all.add(person.toLowerCase(Locale.ROOT)));
    columns.offsetExpression().ifPresent(offset -> all.addAll(lower(new Scalar(offset).columns())));
    SortedMap<String, String> derived = new TreeMap<>();
    data.derive().forEach((name, sql) -> derived.put(name.toLowerCase(Locale.ROOT), sql));
    return new Asked(
        half.dataset(),
        half.reading(worker),
        all,
        labels,
        lower(data.preprocessing().categories().keySet()),
        data.split() instanceof SplitByColumn split
            ? Optional.of(
                new Asked.Split(
                    split.column().toLowerCase(Locale.ROOT), split.train(), split.test()))
            : Optional.empty(),
        data.where(),
        derived,
        EnumNames.of(config.model().family()),
        config.algorithm().preset(),
        data.preprocessing().minLevelRows(),
        data.preprocessing().minLevelWorkers(),
        config.algorithm().cohort().isSampled());
  }

  /**
   * Returns the configuration of a worker that a study asks.
   *
   * @throws ConfigurationException if it is not one that this version would ask
   */
  static TrainingConfig config(Study study, String worker) {
    return new WorkersHalf(study.settings(), study.given()).of(worker);
  }

  private static SortedSet<String> lower(Collection<String> names) {
    SortedSet<String> lower = new TreeSet<>();
    names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
    return lower;
  }
}
