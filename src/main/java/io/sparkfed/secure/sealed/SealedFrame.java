package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.wire.RecordForm;
import java.util.List;

/** What the driver broadcasts in a phase, to workers or to aggregators. */
sealed interface SealedFrame {
  /** The frames' canonical bytes. */
  RecordForm BYTES =
      new RecordForm(
          3,
          List.of(
              Seal.class,
              Advert.class,
              Open.class,
              SealedSession.class,
              AggregatorAdvert.class,
              Ring.class));

  /**
   * Workers seal.
   *
   * @param asked what vector is asked for
   */
  record Seal(SealedSession session, byte[] asked) implements SealedFrame {}

  /** What aggregators are asked. */
  sealed interface ToAggregator extends SealedFrame {}

  /**
   * Aggregators advertise the key that workers seal to.
   *
   * @param runId 32 random bytes of the run
   */
  record Advert(byte[] runId) implements ToAggregator {}

  /**
   * Aggregators open the pinned set.
   *
   * @param messages the pinned messages, sorted by worker
   */
  record Open(SealedSession session, List<byte[]> messages) implements ToAggregator {}
}
