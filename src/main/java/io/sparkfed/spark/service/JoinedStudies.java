package io.sparkfed.spark.service;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.WorkersHalf;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.Study;
import io.sparkfed.recipe.OwnersConsent.Asking;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.wire.ProtocolException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The studies that the owner joined, as far as this process has heard of them. */
final class JoinedStudies {
  /** Of each a few kilobytes are kept; one that is forgotten can be proposed again. */
  private static final int MOST = 64;

  private final String worker;
  private final KeyRing keys;
  private final Map<String, Joined> byHash =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Joined> eldest) {
          return size() > MOST;
        }
      };

  JoinedStudies(String worker, KeyRing keys) {
    this.worker = worker;
    this.keys = keys;
  }

  /**
   * A study.
   *
   * @param hash SHA-256 of it
   * @param config what it alone says
   * @param path where the rows are that it names
   */
  record Joined(byte[] hash, TrainingConfig config, String path) {

    /** Returns whether no answer may tell of a single row. */
    boolean hidesRows() {
      return config.privacy().isPresent();
    }

    /** Returns the configuration for the owner's rows. */
    TrainingConfig own(String worker) {
      return config.at(worker, path);
    }
  }

  /** Asks the owner's policy; returns the rule that refuses the study, empty where none does. */
  Optional<String> refusal(byte[] signed) {
    Asking consent = new Asking(keys, signed);
    Optional<String> refusal = consent.refusal(worker);
    if (refusal.isPresent()) {
      return refusal;
    }
    try {
      Study study = SignedStudy.parse(signed).open();
      WorkersHalf half = new WorkersHalf(study.settings(), study.given());
      byte[] hash = study.hash();
      if (half.dataset().isEmpty() || !keys.open(worker).hasAccepted(hash)) {
        return Optional.of("data");
      }
      TrainingConfig config = half.of(worker);
      Joined joined = new Joined(hash, config, consent.path(worker, config.pathOf(worker)));
      synchronized (byHash) {
        byHash.put(HexFormat.of().formatHex(hash), joined);
      }
      return Optional.empty();
    } catch (ProtocolException | ConfigurationException e) {
      return Optional.of("study");
    }
  }

  /**
   * Returns a study that the owner joins; empty where it must be proposed, or proposed again since
   * the policy is another one.
   */
  Optional<Joined> joined(byte[] hash) {
    if (!keys.open(worker).hasAccepted(hash)) {
      return Optional.empty();
    }
    synchronized (byHash) {
      return Optional.ofNullable(byHash.get(HexFormat.of().formatHex(hash)));
    }
  }
}
