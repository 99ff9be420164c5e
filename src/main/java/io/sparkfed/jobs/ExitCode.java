package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.federated.FailureKind;
import io.sparkfed.owner.StudyPendingException;
import io.sparkfed.owner.StudyRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The exit codes of all jobs: stable, documented in src/site/markdown/running.md. */
enum ExitCode {
  SUCCESS(0),
  INTERNAL(1),
  CONFIGURATION(2),
  DATA(3),
  COHORT(4),
  AGGREGATION(5),
  DIVERGENCE(6),
  IO(7),
  // 8 is the launchers': Java, Maven or Spark is missing.
  UNSAFE_CLUSTER(9),
  REFUSED(10),
  PENDING(11);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static ExitCode of(Throwable failure) {
    if (failure instanceof ConfigurationException) {
      return CONFIGURATION;
    }
    if (failure instanceof StudyRefusedException) {
      return REFUSED;
    }
    if (failure instanceof StudyPendingException) {
      return PENDING;
    }
    if (failure instanceof IOException || failure instanceof UncheckedIOException) {
      return IO;
    }
    Optional<FailureKind> kind = FailureKind.of(failure);
    if (kind.isEmpty()) {
      return INTERNAL;
    }
    return switch (kind.get()) {
      case DATA -> DATA;
      case COHORT -> COHORT;
      case AGGREGATION -> AGGREGATION;
    };
  }
}
