package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A roster as text: one line a worker, {@code id TAB public key TAB signature}, sorted by id, keys
 * and signatures in base 64. The signature is the worker's own over its id and key: it shows that
 * whoever made the line holds the key.
 *
 * <p><b>Not guaranteed:</b> that the key is the data owner's. Owners compare {@link #hash} with
 * each other, over a channel they trust, and pin it in their policies.
 */
public final class RosterFile implements Roster {
  /** Neither white space nor slashes, nor what a terminal obeys instead of showing it. */
  private static final Pattern ID = Pattern.compile("[^\\s\\p{Z}\\p{Cc}\\p{Cf}/\\\\]+");

  private final SortedMap<String, byte[]> keys;
  private final List<String> lines;
  private final byte[] hash;

  private RosterFile(SortedMap<String, byte[]> keys, List<String> lines) {
    this.keys = keys;
    this.lines = lines;
    WireWriter out = new WireWriter().text("roster");
    keys.forEach((worker, key) -> out.text(worker).bytes(key));
    this.hash = Kdf.sha256(out.toByteArray());
  }

  /** Makes the line of a worker. */
  public static String line(String worker, PartyKeys own) {
    byte[] key = Signing.publicKey(own.identity());
    Base64.Encoder encoder = Base64.getEncoder();
    return requireId(worker)
        + "\t"
        + encoder.encodeToString(key)
        + "\t"
        + encoder.encodeToString(own.sign(signedBytes(worker, key)));
  }

  /**
   * Reads a roster.
   *
   * @throws ProtocolException if a line is malformed, its signature is wrong, or an id comes twice
   */
  public static RosterFile parse(List<String> lines) {
    SortedMap<String, byte[]> keys = new TreeMap<>();
    Map<String, String> sorted = new TreeMap<>();
    for (String line : lines) {
      if (line.isBlank()) {
        continue;
      }
      String[] parts = line.strip().split("\t", -1);
      if (parts.length != 3) {
        throw new ProtocolException("a line of a roster must be: id TAB key TAB signature");
      }
      String worker = requireId(parts[0]);
      byte[] key = decode(parts[1]);
      Signing.verify(key, signedBytes(worker, key), decode(parts[2]));
      if (keys.put(worker, key) != null) {
        throw new ProtocolException("worker " + worker + " must be on the roster once");
      }
      sorted.put(worker, line.strip());
    }
    return new RosterFile(keys, new ArrayList<>(sorted.values()));
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("keys and signatures of a roster must be in base 64");
    }
  }

  /**
   * Returns an id that can name a folder, and can be shown.
   *
   * @throws ProtocolException if it can't
   */
  static String requireId(String worker) {
    if (!ID.matcher(worker).matches() || worker.equals(".") || worker.equals("..")) {
      throw new ProtocolException(
          "a worker's id must have no white space, slash or control character, and be neither . nor"
              + " ..");
    }
    return worker;
  }

  private static byte[] signedBytes(String worker, byte[] key) {
    return new WireWriter().text("roster").text(worker).bytes(key).toByteArray();
  }

  /** Returns the lines, sorted by id. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** Returns the ids, sorted. */
  public List<String> workers() {
    return List.copyOf(keys.keySet());
  }

  @Override
  public byte[] publicKey(String worker) {
    byte[] key = keys.get(worker);
    if (key == null) {
      throw new ProtocolException("worker " + worker + " must be on the roster");
    }
    return key.clone();
  }

  @Override
  public byte[] hash() {
    return hash.clone();
  }
}
