package io.sparkfed.aggregate;

import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * An unprotected message: the additive vector of a group of workers, with who they are. A worker
 * with rows of its own is a group of one. Only places that may see who sent what receive this type.
 *
 * @param workers ids of the workers it answers for
 * @param failed those of them whose work failed: the reason is in their own log
 * @param refused by which rules of owners' policies some of these did
 * @param notFinite how many others had a vector with NaN or infinity, or out of range
 * @param sums the sum of the vectors of the rest; empty if there is none
 */
public record PlainMessage(
    List<String> workers, List<String> failed, List<OwnersRule> refused, int notFinite, long[] sums)
    implements Serializable {

  /** Returns the bytes that {@link #parse} reads. */
  public byte[] toBytes() {
    WireWriter out = new WireWriter();
    for (List<String> names : List.of(workers, failed)) {
      out.integer(names.size());
      names.forEach(out::text);
    }
    out.integer(refused.size());
    refused.forEach(rule -> out.integer(rule.code()));
    return out.integer(notFinite).longs(sums).toByteArray();
  }

  /**
   * Reads a message.
   *
   * @throws ProtocolException if the bytes are not one's
   */
  public static PlainMessage parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    PlainMessage parsed = new PlainMessage(names(in), names(in), rules(in), in.count(), in.longs());
    in.end();
    return parsed;
  }

  private static List<String> names(WireReader in) {
    int count = in.count(Integer.BYTES);
    return Stream.generate(in::text).limit(count).toList();
  }

  private static List<OwnersRule> rules(WireReader in) {
    int count = in.count(Integer.BYTES);
    return Stream.generate(
            () ->
                OwnersRule.of(in.integer())
                    .orElseThrow(() -> new ProtocolException("a rule must be one of a policy")))
        .limit(count)
        .toList();
  }

  /** Returns the payload size: 8 bytes for each number. */
  public long payloadBytes() {
    return (long) Long.BYTES * sums.length;
  }
}
