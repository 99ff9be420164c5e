package io.sparkfed.secure.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@link Sealing} and {@link Hpke}: known answers, other implementations, and tampering. */
class SealedMessagesTest {
  private static final byte[] KEY = counting(0);
  private static final byte[] PRIVATE = counting(100);
  private static final byte[] PUBLIC = Agreement.publicKey(PRIVATE);
  private static final byte[] SECRET = utf8("thirty-two bytes of a secret key");

  @Test
  void seal_symmetric_isAnotherImplementations() {
    byte[] ciphertext = Sealing.seal(KEY, utf8("a plaintext"), utf8("context"));

    assertEquals(
        "6f9cc5b2d445edc96dd0dd019f9631bb51536ef5885cefa6e1d76c",
        HexFormat.of().formatHex(ciphertext));
    assertArrayEquals(utf8("a plaintext"), Sealing.open(KEY, ciphertext, utf8("context")));
  }

  @Test
  void open_symmetricAndAnythingChanged_isRefused() {
    byte[] ciphertext = Sealing.seal(KEY, SECRET, utf8("context"));
    for (int i = 0; i < ciphertext.length; i++) {
      byte[] changed = flipped(ciphertext, i);
      byte[] cut = Arrays.copyOf(ciphertext, i);
      assertThrows(ProtocolException.class, () -> Sealing.open(KEY, changed, utf8("context")));
      assertThrows(ProtocolException.class, () -> Sealing.open(KEY, cut, utf8("context")));
    }
    byte[] longer = Arrays.copyOf(ciphertext, ciphertext.length + 1);
    assertThrows(ProtocolException.class, () -> Sealing.open(KEY, longer, utf8("context")));
    assertThrows(ProtocolException.class, () -> Sealing.open(KEY, ciphertext, utf8("contexts")));
    assertThrows(
        ProtocolException.class, () -> Sealing.open(flipped(KEY, 31), ciphertext, utf8("context")));
  }

  /**
   * The official test vectors of RFC 9180 (test-vectors.json of draft-irtf-cfrg-hpke at 5f503c5;
   * the appendix prints a selection that lacks this suite): mode 0, KEM 32, KDF 1, AEAD 2,
   * encryption 0.
   */
  @Test
  void sealAndOpen_vectorOfRfc9180_areMet() {
    byte[] receiver = hex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d");
    byte[] ephemeral = hex("179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11");
    byte[] info = hex("4f6465206f6e2061204772656369616e2055726e");
    byte[] associated = hex("436f756e742d30");
    byte[] plaintext = hex("4265617574792069732074727574682c20747275746820626561757479");
    byte[] message =
        hex(
            "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
                + "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be99319"
                + "80a41de125a925cdad859d5b7a");

    assertEquals(
        "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c",
        HexFormat.of().formatHex(Agreement.publicKey(receiver)));
    assertArrayEquals(
        message, Hpke.seal(Agreement.publicKey(receiver), ephemeral, info, associated, plaintext));
    assertArrayEquals(plaintext, Hpke.open(receiver, info, associated, message));
  }

  /** From an implementation of RFC 9180 whose messages pyca/cryptography opens. */
  @Test
  void seal_toAPublicKey_isAnotherImplementations() {
    byte[] message = Hpke.seal(PUBLIC, counting(0), utf8("info"), utf8("aad"), SECRET);

    assertEquals(
        "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
            + "3206addef8c6d32ff5a2d3e13839f6f6cb3b207ad0f882ab88b245274f322fda"
            + "f5665ca56f1b5035bee3e5941baa398d",
        HexFormat.of().formatHex(message));
    assertArrayEquals(SECRET, Hpke.open(PRIVATE, utf8("info"), utf8("aad"), message));
  }

  /** Tasks of one executor seal and open at the same time. */
  @Test
  void hpke_fromManyThreads_isTheSame() throws InterruptedException {
    byte[] expected = Hpke.seal(PUBLIC, counting(0), utf8("info"), utf8("aad"), SECRET);
    AtomicInteger good = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          new Thread(
              () -> {
                for (int k = 0; k < 100; k++) {
                  byte[] message =
                      Hpke.seal(PUBLIC, counting(0), utf8("info"), utf8("aad"), SECRET);
                  byte[] opened = Hpke.open(PRIVATE, utf8("info"), utf8("aad"), message);
                  if (Arrays.equals(expected, message) && Arrays.equals(SECRET, opened)) {
                    good.incrementAndGet();
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(800, good.get());
  }

  @Test
  void open_messageOfAnotherImplementation_givesItsPlaintext() {
    byte[] message =
        HexFormat.of()
            .parseHex(
                "e5be71cfd0a004a9e0ca8ab1bff7af45bb6afd0a14bc6314432768a0499c7b0e"
                    + "1112aa8209bfc70add0bb9e565aad816f0c93ffbfa230fb75bc09b69d77900a6"
                    + "3db076e73c81e94250a40f");

    assertArrayEquals(
        utf8("from another implementation"),
        Hpke.open(PRIVATE, utf8("info"), new byte[0], message));
  }

  @Test
  void open_withAPrivateKeyAndAnythingChanged_isRefused() {
    byte[] message = Hpke.seal(PUBLIC, counting(0), utf8("info"), utf8("aad"), SECRET);
    for (int i = 0; i < message.length; i++) {
      byte[] changed = flipped(message, i);
      byte[] cut = Arrays.copyOf(message, i);
      assertThrows(
          ProtocolException.class, () -> Hpke.open(PRIVATE, utf8("info"), utf8("aad"), changed));
      assertThrows(
          ProtocolException.class, () -> Hpke.open(PRIVATE, utf8("info"), utf8("aad"), cut));
    }
    assertThrows(
        ProtocolException.class, () -> Hpke.open(PRIVATE, utf8("inf0"), utf8("aad"), message));
    assertThrows(
        ProtocolException.class, () -> Hpke.open(PRIVATE, utf8("info"), utf8("add"), message));
    assertThrows(
        ProtocolException.class,
        () -> Hpke.open(flipped(PRIVATE, 7), utf8("info"), utf8("aad"), message));
  }

  @Test
  void sealOrOpen_keyOfSmallOrderOrWrongLength_isRefused() {
    for (byte[] key : new byte[][] {new byte[32], new byte[31], new byte[33], new byte[0]}) {
      assertThrows(
          ProtocolException.class,
          () -> Hpke.seal(key, counting(0), utf8("info"), utf8("aad"), SECRET));
    }
    byte[] message = Hpke.seal(PUBLIC, counting(0), utf8("info"), utf8("aad"), SECRET);
    Arrays.fill(message, 0, Hpke.ENCAPSULATED_LENGTH, (byte) 0);
    assertThrows(
        ProtocolException.class, () -> Hpke.open(PRIVATE, utf8("info"), utf8("aad"), message));
  }

  private static byte[] counting(int from) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    // Not the lowest bits of a scalar nor the highest of a point, which X25519 ignores.
    copy[at] ^= 0x08;
    return copy;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
