package io.sparkfed.secure.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Published vectors; where there are none, those of another implementation (pyca/cryptography). */
class KnownAnswersTest {

  /** 00 01 02 ... 1f. */
  private static final byte[] COUNTING = counting(32);

  /** RFC 7748 section 5.2. */
  @ParameterizedTest
  @CsvSource({
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
        + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
        + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
        + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
        + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
  })
  void sharedSecret_vectorsOfTheRfc_areMet(String scalar, String point, String expected) {
    assertEquals(expected, text(Agreement.sharedSecret(hex(scalar), hex(point))));
  }

  /** RFC 7748 section 5.2: k and u start at 9; u becomes k and the result becomes k. */
  @Test
  void sharedSecret_iterated_isTheRfcs() {
    byte[] k = new byte[32];
    k[0] = 9;
    byte[] u = k;
    for (int i = 1; i <= 1000; i++) {
      byte[] next = Agreement.sharedSecret(k, u);
      u = k;
      k = next;
      if (i == 1) {
        assertEquals("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", text(k));
      }
    }
    assertEquals("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", text(k));
  }

  /** RFC 7748 section 6.1. */
  @Test
  void sharedSecret_bothSides_agreeOnTheRfcs() {
    byte[] a = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    byte[] b = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    byte[] publicA = Agreement.publicKey(a);
    byte[] publicB = Agreement.publicKey(b);
    String secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

    assertEquals("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", text(publicA));
    assertEquals("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", text(publicB));
    assertEquals(secret, text(Agreement.sharedSecret(a, publicB)));
    assertEquals(secret, text(Agreement.sharedSecret(b, publicA)));
  }

  /**
   * All points of small order: 0, 1, two of order 8, p - 1, and p and p + 1, which aren't reduced.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void sharedSecret_pointOfSmallOrder_isRefused(String point) {
    ProtocolException refused =
        assertThrows(ProtocolException.class, () -> Agreement.sharedSecret(COUNTING, hex(point)));
    assertEquals("an X25519 public key must not have a small order", refused.getMessage());
  }

  @Test
  void sharedSecret_keyOfAnotherLength_isRefused() {
    for (int length : new int[] {0, 31, 33}) {
      assertThrows(
          ProtocolException.class, () -> Agreement.sharedSecret(COUNTING, new byte[length]));
    }
  }

  /** RFC 8032 section 7.1, tests 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        + "f9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
        + "f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
        + "4dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void sign_vectorsOfTheRfc_areMet(String secret, String key, String message, String signature) {
    assertEquals(key, text(Signing.publicKey(hex(secret))));
    assertEquals(signature, text(Signing.sign(hex(secret), hex(message))));
    Signing.verify(hex(key), hex(message), hex(signature));
  }

  @Test
  void verify_anythingChanged_isRefused() {
    byte[] key = Signing.publicKey(COUNTING);
    byte[] message = "message".getBytes(StandardCharsets.UTF_8);
    byte[] signature = Signing.sign(COUNTING, message);
    for (int i = 0; i < signature.length; i++) {
      byte[] wrong = flipped(signature, i);
      assertThrows(ProtocolException.class, () -> Signing.verify(key, message, wrong));
    }
    for (int i = 0; i < message.length; i++) {
      byte[] wrong = flipped(message, i);
      assertThrows(ProtocolException.class, () -> Signing.verify(key, wrong, signature));
    }
    byte[] other = Signing.publicKey(flipped(COUNTING, 3));
    assertThrows(ProtocolException.class, () -> Signing.verify(other, message, signature));
    assertThrows(ProtocolException.class, () -> Signing.verify(new byte[31], message, signature));
    assertThrows(
        ProtocolException.class, () -> Signing.verify(key, message, Arrays.copyOf(signature, 63)));
    assertThrows(
        ProtocolException.class, () -> Signing.verify(key, message, Arrays.copyOf(signature, 65)));
  }

  /** RFC 5869 A.1 to A.3. */
  @Test
  void hkdf_vectorsOfTheRfc_areMet() {
    byte[] ikm = new byte[22];
    Arrays.fill(ikm, (byte) 0x0b);
    assertEquals(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        text(Kdf.hkdf(ikm, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42)));
    assertEquals(
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e59"
            + "0e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        text(
            Kdf.hkdf(
                counting(80),
                Arrays.copyOfRange(counting(256), 0x60, 0xb0),
                Arrays.copyOfRange(counting(256), 0xb0, 0x100),
                82)));
    assertEquals(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        text(Kdf.hkdf(ikm, new byte[0], new byte[0], 42)));
  }

  /** HKDF with every part of its context behind its length. */
  @Test
  void derive_labelAndContext_isHkdfOverTheirEncoding() {
    assertEquals(
        "7386e058e699e7139875b4f95f237e847d957f1b361d7178e0abbd56463e86ae",
        text(Kdf.derive(COUNTING, "label", new byte[] {'a'}, new byte[0])));
    assertFalse(
        Arrays.equals(
            Kdf.derive(COUNTING, "label", new byte[] {'a'}, new byte[] {'b'}),
            Kdf.derive(COUNTING, "label", new byte[] {'a', 'b'})));
  }

  /** NIST SP 800-38A F.5.5, through the cipher that {@link KeyStream} uses. */
  @Test
  void counterMode_vectorOfNist_isMet() throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(
            hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"), "AES"),
        new IvParameterSpec(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")));
    assertEquals(
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
            + "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
        text(
            cipher.update(
                hex(
                    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                        + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"))));
  }

  /** Across two chunks of 32768 bytes; from pyca/cryptography, counter 0. */
  @Test
  void next_longStream_isAnotherImplementations() {
    byte[] stream = new byte[100_000];
    new KeyStream(COUNTING).next(stream);

    assertEquals(
        "f29000b62a499fd0a9f39a6add2e7780f05d76ae4ab99fe5a6f69b3148c2363d"
            + "0ebcb5deb52c83bd08a8a935182c9199",
        text(Arrays.copyOf(stream, 48)));
    assertEquals(
        "13e259ab1f1a4c94bf1bc066fc68c312", text(Arrays.copyOfRange(stream, 32760, 32776)));
    assertEquals(
        "b0d129b42205e49677c1796a58a7b25f", text(Arrays.copyOfRange(stream, 65528, 65544)));
    assertEquals(
        "866c55619ea4f5704c25f2c7c5b93b1ebeea0b112c978ed5545435b766e4211c",
        text(Kdf.sha256(stream)));
  }

  @Test
  void addToAndSubtractFrom_anyLength_useLittleEndianWordsOfTheStream() {
    byte[] stream = new byte[8 * 9000];
    new KeyStream(COUNTING).next(stream);
    ByteBuffer words = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    for (int length : new int[] {0, 1, 4095, 4096, 4097, 9000}) {
      long[] added = new long[length];
      new KeyStream(COUNTING).addTo(added, io.sparkfed.aggregate.Ring.OF_WORDS);
      for (int j = 0; j < length; j++) {
        assertEquals(words.getLong(8 * j), added[j]);
      }
      new KeyStream(COUNTING).subtractFrom(added, io.sparkfed.aggregate.Ring.OF_WORDS);
      assertArrayEquals(new long[length], added);
    }
  }

  /** Others may use streams meanwhile, within or not: what is left of this one is its own. */
  @Test
  void within_othersBetween_isTheSameStream() {
    byte[] whole = new byte[100];
    new KeyStream(COUNTING).next(whole);
    byte[] first = new byte[37];
    byte[] second = new byte[63];

    byte[] other =
        KeyStream.within(
            COUNTING,
            stream -> {
              stream.next(first);
              byte[] inner = new byte[100];
              KeyStream.within(
                  COUNTING,
                  its -> {
                    its.next(inner);
                    return null;
                  });
              KeyStream.add(new byte[32], new long[9], io.sparkfed.aggregate.Ring.OF_WORDS);
              stream.next(second);
              return inner;
            });

    assertArrayEquals(whole, other);
    assertArrayEquals(Arrays.copyOf(whole, 37), first);
    assertArrayEquals(Arrays.copyOfRange(whole, 37, 100), second);
  }

  @Test
  void next_inPieces_isTheSameStream() {
    byte[] whole = new byte[100];
    new KeyStream(COUNTING).next(whole);
    KeyStream pieces = new KeyStream(COUNTING);
    byte[] first = new byte[37];
    byte[] second = new byte[63];
    pieces.next(first);
    pieces.next(second);

    assertArrayEquals(Arrays.copyOf(whole, 37), first);
    assertArrayEquals(Arrays.copyOfRange(whole, 37, 100), second);
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String text(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
