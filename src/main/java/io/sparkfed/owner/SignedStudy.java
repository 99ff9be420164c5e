package io.sparkfed.owner;

import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;

/**
 * A study as it travels: its bytes, and who stands for it.
 *
 * @param study canonical bytes of a {@link Study}
 * @param signature of the study's analyst, Ed25519, 64 bytes; empty where nobody signs
 */
public record SignedStudy(byte[] study, byte[] signature) {
  /** No signature of another protocol is over bytes that begin so. */
  private static final String PURPOSE = "spark-federated study 1";

  /** Returns a study that names no analyst. */
  public static SignedStudy byNobody(Study study) {
    return new SignedStudy(study.toBytes(), new byte[0]);
  }

  /**
   * Returns a study with its analyst's signature.
   *
   * @param privateKey Ed25519, 32 bytes, of the analyst whom the study names
   */
  public static SignedStudy by(byte[] privateKey, Study study) {
    byte[] bytes = study.toBytes();
    return new SignedStudy(bytes, Signing.sign(privateKey, signed(bytes)));
  }

  /** Returns the canonical bytes. */
  public byte[] toBytes() {
    return new WireWriter().bytes(study).bytes(signature).toByteArray();
  }

  /**
   * Reads a signed study.
   *
   * @throws ProtocolException if the bytes are not one's
   */
  public static SignedStudy parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    SignedStudy parsed = new SignedStudy(in.bytes(), in.bytes());
    in.end();
    return parsed;
  }

  /**
   * Returns the study.
   *
   * @throws ProtocolException if it is malformed, names an analyst who didn't sign it, or is signed
   *     by nobody that it names
   */
  public Study open() {
    Study opened = Study.parse(study);
    if (opened.analyst().length > 0) {
      Signing.verify(opened.analyst(), signed(study), signature);
    } else if (signature.length > 0) {
      throw new ProtocolException("a study that is signed must name its analyst");
    }
    return opened;
  }

  private static byte[] signed(byte[] study) {
    return new WireWriter().text(PURPOSE).bytes(study).toByteArray();
  }
}
