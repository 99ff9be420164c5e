package io.sparkfed.secure.protocol;

import io.sparkfed.secure.crypto.Kdf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;

/** Hashes what the driver broadcast, so that a worker's masks are bound to what it received. */
public final class ModelHash {
  private ModelHash() {}

  /** Returns SHA-256 of the object's serialized form; the form is only written, never read back. */
  public static byte[] of(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new IllegalArgumentException("what is broadcast must be serializable", e);
    }
    return Kdf.sha256(bytes.toByteArray());
  }
}
