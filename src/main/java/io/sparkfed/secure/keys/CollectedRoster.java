package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A roster of the keys that workers sent along with their adverts, relayed by the driver: trusted
 * as far as the driver is.
 */
public final class CollectedRoster implements Roster {
  private final SortedMap<String, byte[]> keys;
  private final byte[] hash;

  /** Creates a roster of these public keys. */
  public CollectedRoster(Map<String, byte[]> keys) {
    this.keys = new TreeMap<>(keys);
    WireWriter out = new WireWriter().text("collected roster");
    this.keys.forEach((worker, key) -> out.text(worker).bytes(key));
    this.hash = Kdf.sha256(out.toByteArray());
  }

  @Override
  public byte[] publicKey(String worker) {
    byte[] key = keys.get(worker);
    if (key == null) {
      throw new ProtocolException("a worker must have sent its public key");
    }
    return key.clone();
  }

  @Override
  public byte[] hash() {
    return hash.clone();
  }
}
