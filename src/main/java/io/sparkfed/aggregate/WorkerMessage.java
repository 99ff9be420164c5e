package io.sparkfed.aggregate;

import java.io.Serializable;

/**
 * An unprotected message: a worker's additive vector with its sender. Only places that may see who
 * sent what receive this type.
 *
 * @param worker the sender's id
 * @param status how the worker's local work ended
 * @param sums the additive vector; empty unless the status is {@code OK}
 */
public record WorkerMessage(String worker, Status status, long[] sums) implements Serializable {

  /** How a worker's local work ended: one coarse tag, no text and no cause. */
  public enum Status {
    /** The vector is complete. */
    OK,
    /** The vector held NaN or infinity, or was out of range, and was not sent. */
    NOT_FINITE,
    /** The work failed; the reason is in the worker's own log. */
    FAILED
  }

  /** Returns the payload size: 8 bytes for each number. */
  public long payloadBytes() {
    return (long) Long.BYTES * sums.length;
  }
}
