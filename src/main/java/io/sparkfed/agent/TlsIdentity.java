package io.sparkfed.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * An Ed25519 key that one side of a TLS connection shows. Certificates serve as envelopes of keys:
 * nobody's signature or date on them counts. Each side compares the other's key, once the handshake
 * has shown that the other holds it, with the one that it knows.
 */
public final class TlsIdentity {
  /** What an encoding of an Ed25519 public key starts with (RFC 8410, section 4). */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int KEY_LENGTH = 32;

  private final SSLContext context;
  private final String key;

  private TlsIdentity(SSLContext context, String key) {
    this.context = context;
    this.key = key;
  }

  /**
   * Reads the Ed25519 key of a PKCS#12 store that has a certificate, of which there must be one.
   *
   * @param password a file with the store's password
   * @throws IOException if a file can't be read, or the store has no such key
   */
  public static TlsIdentity of(Path store, Path password) throws IOException {
    char[] secret = Files.readString(password).strip().toCharArray();
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, secret);
      KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
      managers.init(keys, secret);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(managers.getKeyManagers(), new TrustManager[] {new ComparedAfterwards()}, null);
      return new TlsIdentity(context, onlyKey(keys, store));
    } catch (GeneralSecurityException e) {
      throw new IOException(store + " must hold a key for TLS", e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static String onlyKey(KeyStore keys, Path store)
      throws GeneralSecurityException, IOException {
    List<String> found = new ArrayList<>();
    for (String alias : Collections.list(keys.aliases())) {
      Certificate certificate = keys.getCertificate(alias);
      if (certificate != null && keys.isKeyEntry(alias)) {
        hex(certificate.getPublicKey()).ifPresent(found::add);
      }
    }
    if (found.size() != 1) {
      throw new IOException(store + " must hold one Ed25519 key with its certificate");
    }
    return found.get(0);
  }

  /** Returns the public key in hexadecimal: what the other side knows. */
  public String key() {
    return key;
  }

  SSLContext context() {
    return context;
  }

  /** Returns an Ed25519 key in hexadecimal; empty for a key of another kind. */
  static Optional<String> hex(PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null
        || encoded.length != PREFIX.length + KEY_LENGTH
        || !Arrays.equals(encoded, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      return Optional.empty();
    }
    return Optional.of(HexFormat.of().formatHex(encoded, PREFIX.length, encoded.length));
  }

  /**
   * Lets the handshake go on whatever the certificate: {@link Link#peer} returns its key, and no
   * byte is sent or believed before that is compared.
   */
  private static final class ComparedAfterwards extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
