package io.sparkfed.recipe;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.owner.Approvals;
import io.sparkfed.owner.QuestionPolicy;
import io.sparkfed.owner.QuestionRule;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.Study;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.JournalException;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What owners say to a study. The driver makes it; it is asked at a worker, where the owner's
 * policy is, before a file of the owner's is opened.
 */
public interface OwnersConsent extends Serializable {
  /**
   * Said in place of a rule where the owner's folder can't be used: its keys and policy can't be
   * opened, or its journal can't be written.
   */
  String NO_KEYS = "keys";

  /** Said in place of a rule where the owner decides by hand, and has not approved the study. */
  String WAITING = Approvals.APPROVE;

  /**
   * Returns which rule of a worker's owner refuses the study, by its name in the policy; empty
   * where none does, and then the owner's journal says so. Called at the worker.
   */
  Optional<String> refusal(String worker);

  /**
   * Returns where a worker's rows are: a path as it is, and a data set where its owner says. Called
   * at the worker.
   *
   * @throws DataException if the owner's policy has no such data set
   */
  String path(String worker, String path);

  /**
   * Returns what the owners of a run are asked; they have no say where they have no keys, and so no
   * policy.
   *
   * @throws ConfigurationException if the analyst's keys or the roster can't be read, or there is a
   *     data set without keys
   */
  static OwnersConsent of(TrainingConfig config) {
    if (config.aggregation().keys().isPresent()) {
      return new Asking(Presets.keys(config.aggregation()), Studies.of(config).toBytes());
    }
    if (config.asked().dataset().isPresent()) {
      throw new ConfigurationException(
          "data.dataset needs aggregation.keys: the name is one in an owner's policy");
    }
    return NoSay.INSTANCE;
  }

  /** Of owners without policies. */
  enum NoSay implements OwnersConsent {
    /** The only instance. */
    INSTANCE;

    @Override
    public Optional<String> refusal(String worker) {
      return Optional.empty();
    }

    @Override
    public String path(String worker, String path) {
      return path;
    }
  }

  /**
   * Of owners with key folders.
   *
   * @param keys where they are
   * @param study canonical bytes of the signed study
   */
  record Asking(KeyRing keys, byte[] study) implements OwnersConsent {
    private static final System.Logger LOG = System.getLogger(OwnersConsent.class.getName());

    @Override
    public Optional<String> refusal(String worker) {
      Owner owner;
      try {
        owner = keys.open(worker);
      } catch (ProtocolException e) {
        LOG.log(System.Logger.Level.ERROR, "no policy is to be had ({0})", e.getMessage());
        return Optional.of(NO_KEYS);
      }
      if (owner.questions().isEmpty() && !owner.requiresNoise()) {
        return Optional.empty();
      }
      try {
        QuestionPolicy policy = QuestionPolicy.of(owner.questions());
        Study opened = SignedStudy.parse(study).open();
        TrainingConfig asked = Studies.config(opened, worker);
        if (owner.requiresNoise() && asked.privacy().isEmpty()) {
          Optional<String> withoutNoise = Optional.of(OwnersRule.DP_REQUIRED.key());
          note(owner, opened, withoutNoise);
          return withoutNoise;
        }
        if (owner.questions().isEmpty()) {
          return Optional.empty();
        }
        Optional<String> refusal =
            policy.refusal(opened, Studies.asked(opened, worker, asked), owner.journal().today());
        if (refusal.isEmpty() && owner.isByHand()) {
          refusal = byHand(owner);
        }
        note(owner, opened, refusal);
        if (refusal.isEmpty()) {
          owner.accept(opened.hash(), policy.lastDay(opened));
        }
        return refusal;
      } catch (JournalException e) {
        LOG.log(System.Logger.Level.ERROR, "no study is accepted ({0})", e.getMessage());
        return Optional.of(NO_KEYS);
      } catch (ProtocolException | ConfigurationException e) {
        LOG.log(System.Logger.Level.ERROR, "no study is accepted ({0})", e.getMessage());
        return Optional.of(QuestionRule.STUDY.key());
      }
    }

    private Optional<String> byHand(Owner owner) {
      return switch (new Approvals(owner.journal())
          .ask(SignedStudy.parse(study), owner.journal().today())) {
        case APPROVED -> Optional.empty();
        case WAITING -> Optional.of(WAITING);
        case DENIED -> Optional.of(Approvals.DENIED);
      };
    }

    private static void note(Owner owner, Study study, Optional<String> refusal) {
      byte[] hash = study.hash();
      String verdict =
          refusal
              .map(rule -> rule.equals(WAITING) ? "to be approved by hand" : "refused by " + rule)
              .orElse("within the policy");
      owner
          .journal()
          .ask(
              Kdf.sha256(new WireWriter().bytes(hash).text(verdict).toByteArray()),
              Kdf.sha256(new byte[0]),
              "study "
                  + HexFormat.of().formatHex(hash).substring(0, 16)
                  + " \""
                  + study.name()
                  + "\": "
                  + verdict);
    }

    @Override
    public String path(String worker, String path) {
      if (!path.startsWith(DataConfig.DATASET)) {
        return path;
      }
      try {
        return QuestionPolicy.of(keys.open(worker).questions())
            .path(path.substring(DataConfig.DATASET.length()));
      } catch (ProtocolException e) {
        LOG.log(System.Logger.Level.ERROR, "{0} is not to be had ({1})", path, e.getMessage());
        throw new DataException(path + " is not to be had; the owner's log says why", e);
      }
    }
  }
}
