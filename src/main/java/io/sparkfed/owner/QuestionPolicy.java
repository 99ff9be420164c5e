package io.sparkfed.owner;

import io.sparkfed.federated.Statement;
import io.sparkfed.secure.keys.Disclosure;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PolicyText;
import io.sparkfed.wire.ProtocolException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an owner lets be asked of its rows. A list that isn't set allows all; data sets that are set
 * allow nothing else.
 */
public final class QuestionPolicy {
  private static final String SAMPLES = QuestionRule.SAMPLES.key();

  private final SortedMap<String, OwnDataset> datasets;
  private final Optional<SortedSet<String>> families;
  private final Optional<SortedSet<String>> algorithms;
  private final Optional<SortedSet<String>> analysts;
  private final Optional<LocalDate> until;
  private final int leastLevelRows;
  private final int leastLevelWorkers;
  private final boolean allowsSamples;

  private QuestionPolicy(PolicyText policy) {
    datasets = new TreeMap<>();
    for (String name : policy.namesBelow("data.")) {
      datasets.put(name, OwnDataset.read(policy, name));
    }
    families = policy.names("families");
    algorithms = policy.names("algorithms");
    analysts = policy.names("analysts");
    policy.names("statements").ifPresent(QuestionPolicy::requireStatements);
    until = policy.text("until").map(text -> date("until", text));
    leastLevelRows = policy.count("least-level-rows", 1, 5);
    leastLevelWorkers = policy.count("least-level-workers", 1, 2);
    allowsSamples = policy.text(SAMPLES).map(QuestionPolicy::samples).orElse(false);
    policy.text(Owner.APPROVE).ifPresent(QuestionPolicy::requireApproval);
    Disclosure.read(policy);
    policy.requireAllRead();
  }

  /**
   * Reads what a policy says of questions.
   *
   * @param policy the keys of an owner's policy that are about questions, with their values
   * @throws ProtocolException if a key is unknown, or a value is out of its domain
   */
  public static QuestionPolicy of(Map<String, String> policy) {
    return new QuestionPolicy(new PolicyText(policy));
  }

  /**
   * Returns which rule refuses a study, by its name in the policy; empty where none does.
   *
   * @param study whose signature holds
   * @param asked what it asks for
   * @param today by the owner's clock
   */
  public Optional<String> refusal(Study study, Asked asked, LocalDate today) {
    if (analysts.isPresent()
        && !analysts.get().contains(HexFormat.of().formatHex(study.analyst()))) {
      return broken(QuestionRule.ANALYSTS);
    }
    if (until.filter(today::isAfter).isPresent()) {
      return broken(QuestionRule.UNTIL);
    }
    if (today.isAfter(lastDay(study))) {
      return broken(QuestionRule.STUDY_UNTIL);
    }
    if (families.isPresent() && !families.get().contains(asked.family())) {
      return broken(QuestionRule.FAMILIES);
    }
    if (algorithms.isPresent() && !algorithms.get().contains(asked.algorithm())) {
      return broken(QuestionRule.ALGORITHMS);
    }
    if (asked.samplesWorkers() && !allowsSamples) {
      return broken(QuestionRule.SAMPLES);
    }
    if (!asked.categories().isEmpty() && asked.minLevelRows() < leastLevelRows) {
      return broken(QuestionRule.LEAST_LEVEL_ROWS);
    }
    if (!asked.categories().isEmpty() && asked.minLevelWorkers() < leastLevelWorkers) {
      return broken(QuestionRule.LEAST_LEVEL_WORKERS);
    }
    if (datasets.isEmpty() && asked.dataset().isEmpty()) {
      return Optional.empty();
    }
    OwnDataset own = asked.dataset().map(name -> datasets.get(name)).orElse(null);
    return own == null
        ? broken(QuestionRule.DATA)
        : own.refusal(asked).map(rule -> "data." + asked.dataset().get() + "." + rule);
  }

  private static Optional<String> broken(QuestionRule rule) {
    return Optional.of(rule.key());
  }

  /**
   * Returns the last day for which a study that isn't refused may be asked: the owner's, or the
   * study's own if that is before.
   */
  public LocalDate lastDay(Study study) {
    LocalDate own = until.orElse(LocalDate.MAX);
    LocalDate studys =
        study.until().isEmpty() ? LocalDate.MAX : date("a study's last day", study.until());
    return own.isBefore(studys) ? own : studys;
  }

  /**
   * Returns where the rows are that a study names.
   *
   * @throws ProtocolException if this owner has no such data set
   */
  public String path(String dataset) {
    OwnDataset own = datasets.get(dataset);
    if (own == null) {
      throw new ProtocolException("the owner's policy must have the data set");
    }
    return own.path();
  }

  private static boolean samples(String value) {
    if (!value.equals("none") && !value.equals("any")) {
      throw new ProtocolException(SAMPLES + " must be none or any");
    }
    return value.equals("any");
  }

  private static void requireApproval(String value) {
    if (!value.equals("by-rule") && !value.equals("by-hand")) {
      throw new ProtocolException(Owner.APPROVE + " must be by-rule or by-hand");
    }
  }

  private static void requireStatements(SortedSet<String> names) {
    SortedSet<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    known.addAll(Statement.names());
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ProtocolException("statements: there is no statement " + name);
      }
    }
  }

  private static LocalDate date(String key, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new ProtocolException(key + " must be a day such as 2027-06-30");
    }
  }
}
