package io.sparkfed.owner;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.RecordForm;
import io.sparkfed.wire.Site;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a run may ask of its workers, as canonical bytes. Its {@link #hash} is part of what
 * the keys of each secure sum are bound to, so that workers which were told of different studies
 * don't cancel each other's masks, and nothing opens.
 *
 * @param name what the run is called
 * @param purpose why it is asked, in the analyst's words; empty where nobody said
 * @param until the last day it may be asked, such as {@code 2027-06-30}; empty for no end
 * @param roster SHA-256 of the roster of the parties' keys, 32 bytes; empty where there is none
 * @param analyst the analyst's Ed25519 public key, 32 bytes; empty where nobody signs
 * @param settings every setting that an answer depends on, defaults too, as canonical text by key
 * @param given the keys among them that somebody set, sorted
 */
public record Study(
    String name,
    String purpose,
    String until,
    byte[] roster,
    byte[] analyst,
    SortedMap<String, String> settings,
    List<String> given) {

  private static final RecordForm FORM = new RecordForm(1, List.of(Study.class));

  /**
   * Copies the settings.
   *
   * @throws ProtocolException if a key that was set is not among them
   */
  public Study {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    given = List.copyOf(given);
    if (!settings.keySet().containsAll(given)) {
      throw new ProtocolException("what was set must be among the settings");
    }
  }

  /** Returns the canonical bytes. */
  public byte[] toBytes() {
    return FORM.toBytes(this);
  }

  /**
   * Reads a study.
   *
   * @throws ProtocolException if the bytes are not a study's
   */
  public static Study parse(byte[] bytes) {
    return FORM.read(bytes, Study.class, Site.BARE);
  }

  /** Returns the SHA-256 of the canonical bytes. */
  public byte[] hash() {
    return Kdf.sha256(toBytes());
  }
}
