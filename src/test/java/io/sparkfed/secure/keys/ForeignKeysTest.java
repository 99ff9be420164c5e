package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Stores whose keys are of another kind than the protocol's, made by other tools than ours. */
class ForeignKeysTest {
  private static final String IDENTITY = "identity";
  private static final String MASTER = "master";

  @TempDir private Path dir;
  private Path folder;
  private char[] password;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = KeyFolderMaker.init(dir, "a");
    password = Files.readString(folder.resolve(KeyFolder.PASSWORD)).strip().toCharArray();
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("EC", new ECGenParameterSpec("secp256r1"), "EC"),
        Arguments.of("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4), "RSA"),
        Arguments.of("Ed448", new NamedParameterSpec("Ed448"), "Ed448"),
        // As long as an Ed25519 key.
        Arguments.of("X25519", new NamedParameterSpec("X25519"), "XDH"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void keys_identityOfAnotherKind_isRefused(
      String algorithm, AlgorithmParameterSpec parameters, String named) throws Exception {
    put(IDENTITY, pair(algorithm, parameters).getPrivate());

    refused("keys.p12: the key identity must be an Ed25519 key. Provided value: a key of " + named);
  }

  /** An EC key as OpenSSL writes it ends with the public key: so would the seed taken from it. */
  @Test
  void keys_ellipticKeyThatEndsWithItsPublicHalf_isRefused() throws Exception {
    KeyPair pair = pair("EC", new ECGenParameterSpec("secp256r1"));
    byte[] publicKey =
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())
            .getPublicKeyData()
            .getOctets();
    byte[] encoded = withPublicHalf((ECPrivateKey) pair.getPrivate(), publicKey);
    assertArrayEquals(lastBytes(publicKey), lastBytes(encoded));
    put(IDENTITY, new Encoded(encoded));

    refused("keys.p12: the key identity must be an Ed25519 key. Provided value: a key of EC");
  }

  @ParameterizedTest
  @CsvSource({
    "16, a secret key of 128 bits",
    "24, a secret key of 192 bits",
    "33, a secret key of 264 bits"
  })
  void keys_masterOfAnotherLength_isRefused(int bytes, String provided) throws Exception {
    put(MASTER, new SecretKeySpec(new byte[bytes], "HmacSHA256"));

    refused(
        "keys.p12: the key master must be a secret key of 256 bits. Provided value: " + provided);
  }

  @Test
  void keys_masterThatIsAPrivateKey_isRefused() throws Exception {
    put(MASTER, pair("Ed25519", new NamedParameterSpec("Ed25519")).getPrivate());

    refused(
        "keys.p12: the key master must be a secret key of 256 bits. Provided value: a key of"
            + " Ed25519");
  }

  @Test
  void keys_identityThatIsASecretKey_isRefused() throws Exception {
    put(IDENTITY, new SecretKeySpec(new byte[48], "AES"));

    refused(
        "keys.p12: the key identity must be an Ed25519 key. Provided value: a secret key of 384"
            + " bits");
  }

  @Test
  void keys_ed25519KeyOfAnotherTool_isTaken() throws Exception {
    KeyPair pair = pair("Ed25519", new NamedParameterSpec("Ed25519"));
    put(IDENTITY, pair.getPrivate());

    byte[] identity = new KeyFolder(folder).keys().identity();

    assertTrue(Arrays.equals(lastBytes(pair.getPrivate().getEncoded()), identity));
  }

  private void refused(String rule) {
    assertEquals(
        rule,
        assertThrows(ProtocolException.class, () -> new KeyFolder(folder).keys()).getMessage());
  }

  private static KeyPair pair(String algorithm, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (!(parameters instanceof NamedParameterSpec)) {
      generator.initialize(parameters);
    }
    return generator.generateKeyPair();
  }

  /** Puts a key in place of the folder's own. */
  private void put(String alias, Key key) throws GeneralSecurityException, IOException {
    Path file = folder.resolve(KeyFolder.STORE);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    Certificate[] chain = key instanceof PrivateKey ? store.getCertificateChain(IDENTITY) : null;
    store.deleteEntry(alias);
    store.setKeyEntry(alias, key, password, chain);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password);
    }
  }

  private static byte[] withPublicHalf(ECPrivateKey key, byte[] publicKey) throws IOException {
    ASN1ObjectIdentifier curve = new ASN1ObjectIdentifier("1.2.840.10045.3.1.7");
    ASN1BitString half = new DERBitString(publicKey);
    BigInteger secret = key.getS();
    return new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve),
            new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret, half, null))
        .getEncoded();
  }

  private static byte[] lastBytes(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  /** A private key as bytes alone. */
  private record Encoded(byte[] bytes) implements PrivateKey {
    private static final long serialVersionUID = 1L;

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "PKCS#8";
    }

    @Override
    public byte[] getEncoded() {
      return bytes.clone();
    }
  }
}
