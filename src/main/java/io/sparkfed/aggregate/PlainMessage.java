package io.sparkfed.aggregate;

import java.io.Serializable;
import java.util.List;

/**
 * An unprotected message: the additive vector of a group of workers, with who they are. A worker
 * with rows of its own is a group of one. Only places that may see who sent what receive this type.
 *
 * @param workers ids of the workers it answers for
 * @param failed those of them whose work failed: the reason is in their own log
 * @param notFinite how many others had a vector with NaN or infinity, or out of range
 * @param sums the sum of the vectors of the rest; empty if there is none
 */
public record PlainMessage(List<String> workers, List<String> failed, int notFinite, long[] sums)
    implements Serializable {

  /** Returns the payload size: 8 bytes for each number. */
  public long payloadBytes() {
    return (long) Long.BYTES * sums.length;
  }
}
