package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.model.PlainText;
import io.sparkfed.owner.Approvals;
import io.sparkfed.owner.QuestionPolicy;
import io.sparkfed.owner.Study;
import io.sparkfed.recipe.OwnerPolicy.Verdict;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Proposal;
import io.sparkfed.wire.ProtocolException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a data owner decides of studies by hand, for command lines. */
public final class OwnerApprovals {
  private OwnerApprovals() {}

  /**
   * Returns the studies that wait, the first one first, with what the owner's policy says to each.
   *
   * @throws ConfigurationException if the owner's folder is not whole
   */
  public static List<Verdict> pending(Path dir, String worker) {
    return with(
        dir,
        worker,
        owner -> {
          QuestionPolicy policy = QuestionPolicy.of(owner.questions());
          List<Verdict> verdicts = new ArrayList<>();
          for (Proposal one : new Approvals(owner.journal()).waiting()) {
            Study study = Approvals.study(one);
            verdicts.add(
                new Verdict(
                    StudyText.lines(study),
                    policy.refusal(
                        study,
                        Studies.asked(study, PlainText.of(worker)),
                        LocalDate.now(ZoneOffset.UTC))));
          }
          return verdicts;
        });
  }

  /**
   * Approves a study.
   *
   * @param hash the first digits of its SHA-256; empty for the only one that waits
   * @param runs in how many runs it may be asked; empty for any number
   * @param until the last day on which it may be; empty for no end
   * @return its name and hash
   * @throws ConfigurationException if the owner's folder is not whole, there is no such study, or
   *     there are several
   */
  public static String approve(
      Path dir,
      String worker,
      Optional<String> hash,
      Optional<Long> runs,
      Optional<LocalDate> until) {
    if (runs.filter(number -> number < 1).isPresent()) {
      throw new ConfigurationException(
          "--runs must be a whole number >= 1. Provided value: " + runs.get());
    }
    return with(
        dir,
        worker,
        owner -> {
          Approvals approvals = new Approvals(owner.journal());
          return named(
              approvals.approve(
                  wanted(approvals, hash),
                  runs.orElse(Long.MAX_VALUE),
                  until.orElse(LocalDate.MAX)));
        });
  }

  /**
   * Denies a study.
   *
   * @param hash the first digits of its SHA-256; empty for the only one that waits
   * @return its name and hash
   * @throws ConfigurationException if the owner's folder is not whole, there is no such study, or
   *     there are several
   */
  public static String deny(Path dir, String worker, Optional<String> hash) {
    return with(
        dir,
        worker,
        owner -> {
          Approvals approvals = new Approvals(owner.journal());
          return named(approvals.deny(wanted(approvals, hash)));
        });
  }

  private static String wanted(Approvals approvals, Optional<String> hash) {
    List<Proposal> waiting = approvals.waiting();
    if (hash.isEmpty() && waiting.size() != 1) {
      throw new ProtocolException(
          waiting.size() + " studies wait: say which by the first digits of its hash");
    }
    return hash.orElseGet(() -> HexFormat.of().formatHex(waiting.get(0).study()));
  }

  private static String named(Study study) {
    return "the study \"" + study.name() + "\", " + HexFormat.of().formatHex(study.hash());
  }

  private static <T> T with(Path dir, String worker, Function<Owner, T> work) {
    String id = PlainText.of(worker);
    try {
      return work.apply(new KeyFolder(dir.resolve(id)).open(id));
    } catch (ProtocolException e) {
      throw new ConfigurationException(dir.resolve(id) + ": " + e.getMessage(), e);
    }
  }
}
