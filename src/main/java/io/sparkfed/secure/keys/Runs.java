package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The runs of studies that a journal holds, and what its owner decided of them. */
final class Runs {
  private static final HexFormat HEX = HexFormat.of();

  private final Limits limits;
  private final Set<String> known = new HashSet<>();
  private final Map<LocalDate, Integer> byDay = new HashMap<>();
  private final Map<String, Proposed> proposed = new LinkedHashMap<>();

  /** What is known of a study. */
  private static final class Proposed {
    private byte[] signed = new byte[0];
    private boolean isWaiting;
    private Optional<Decision> decision = Optional.empty();
    private long runs;

    private Proposal of(String study) {
      return new Proposal(HEX.parseHex(study), signed, isWaiting, decision, runs);
    }
  }

  Runs(Limits limits) {
    this.limits = limits;
  }

  void propose(byte[] study, byte[] signed) {
    Proposed one = of(study);
    one.signed = signed.clone();
    one.isWaiting = true;
  }

  void decide(byte[] study, Decision decision) {
    Proposed one = of(study);
    one.isWaiting = false;
    one.decision = Optional.of(decision);
    one.runs = 0;
  }

  private Proposed of(byte[] study) {
    return proposed.computeIfAbsent(HEX.formatHex(study), hash -> new Proposed());
  }

  List<Proposal> proposals() {
    List<Proposal> all = new ArrayList<>();
    proposed.forEach((study, one) -> all.add(one.of(study)));
    return all;
  }

  Optional<Proposal> proposal(byte[] study) {
    String hash = HEX.formatHex(study);
    return Optional.ofNullable(proposed.get(hash)).map(one -> one.of(hash));
  }

  /**
   * Returns whether a run is new.
   *
   * @throws RefusedException if the owner allows no more today, or no more of the study
   */
  boolean isNew(byte[] study, byte[] runId, LocalDate today) {
    if (known.contains(key(study, runId))) {
      return false;
    }
    if (byDay.getOrDefault(today, 0) >= limits.maxRunsADay()) {
      throw new RefusedException(
          OwnersRule.MAX_RUNS_PER_DAY, "the owner's policy allows no more runs today");
    }
    if (limits.approval() == Limits.Approval.BY_HAND
        && proposal(study).filter(Proposal::isUsedUp).isPresent()) {
      throw new RefusedException(
          OwnersRule.APPROVE, "the owner approved the study for no more runs");
    }
    return true;
  }

  void add(byte[] study, byte[] runId, LocalDate day) {
    known.add(key(study, runId));
    byDay.merge(day, 1, Integer::sum);
    Proposed one = proposed.get(HEX.formatHex(study));
    if (one != null) {
      one.runs++;
    }
  }

  private static String key(byte[] study, byte[] runId) {
    return HEX.formatHex(study) + " " + HEX.formatHex(runId);
  }
}
