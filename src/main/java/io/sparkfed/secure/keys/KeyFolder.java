package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One data owner's folder, on the host of its worker and readable by it alone:
 *
 * <ul>
 *   <li>{@code keys.p12}: a PKCS#12 store with the Ed25519 private key {@code identity} and the
 *       256-bit secret key {@code master};
 *   <li>{@code password}: the store's password;
 *   <li>{@code roster}: the owner's copy of the roster, see {@link RosterFile};
 *   <li>{@code policy.properties}: what the owner allows;
 *   <li>{@code journal}: which sums the owner helped to open, one file each.
 * </ul>
 */
public final class KeyFolder {
  /** Names of the files. */
  public static final String STORE = "keys.p12";

  public static final String PASSWORD = "password";
  public static final String ROSTER = "roster";
  public static final String POLICY = "policy.properties";
  public static final String JOURNAL = "journal";

  private static final Set<String> POLICY_KEYS =
      Set.of(
          "min-workers",
          "min-threshold",
          "max-dimension",
          "max-rounds",
          "max-sums",
          "clip",
          "aggregators",
          "roster-sha256",
          "jar-sha256");

  private final Path folder;

  /** Refers to a folder. */
  public KeyFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads everything and checks that it fits together.
   *
   * @param worker whose folder it should be
   * @throws ProtocolException if a file is missing or malformed, the roster doesn't hold this key,
   *     or a hash is not the one pinned in the policy
   */
  public Owner open(String worker) {
    Properties policy = policyProperties();
    PartyKeys keys = keys();
    RosterFile roster = RosterFile.parse(text(ROSTER).lines().toList());
    if (!Arrays.equals(roster.publicKey(worker), Signing.publicKey(keys.identity()))) {
      throw new ProtocolException("the roster must hold this owner's key for worker " + worker);
    }
    requirePinned(policy, "roster-sha256", roster.hash());
    if (policy.containsKey("jar-sha256")) {
      requirePinned(policy, "jar-sha256", hashOfThisJar());
    }
    Journal journal =
        new FolderJournal(
            folder.resolve(JOURNAL), number(policy, "max-sums", Long.MAX_VALUE, Long.MAX_VALUE));
    return new Owner(keys, policy(policy), journal, roster);
  }

  /**
   * Reads the private keys.
   *
   * @throws ProtocolException if the store can't be opened or a key is missing
   */
  public PartyKeys keys() {
    char[] password = text(PASSWORD).strip().toCharArray();
    try (InputStream in = Files.newInputStream(folder.resolve(STORE))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      byte[] identity = lastBytes(key(store, "identity", password).getEncoded());
      byte[] master = key(store, "master", password).getEncoded();
      if (master.length != Kdf.LENGTH) {
        throw new ProtocolException(STORE + ": the key master must have 256 bits");
      }
      return new PartyKeys(identity, master);
    } catch (IOException | GeneralSecurityException e) {
      throw new ProtocolException(STORE + " can't be opened with the password of its folder");
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** The private key of an Ed25519 PKCS#8 encoding is its last 32 bytes (RFC 8410, section 7). */
  private static byte[] lastBytes(byte[] encoded) {
    if (encoded == null || encoded.length < Signing.KEY_LENGTH) {
      throw new ProtocolException(STORE + ": the key identity must be an Ed25519 key");
    }
    return Arrays.copyOfRange(encoded, encoded.length - Signing.KEY_LENGTH, encoded.length);
  }

  private static Key key(KeyStore store, String alias, char[] password)
      throws GeneralSecurityException {
    Key key = store.getKey(alias, password);
    if (key == null) {
      throw new ProtocolException(STORE + " must hold the key " + alias);
    }
    return key;
  }

  private Properties policyProperties() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text(POLICY)));
    } catch (IOException | IllegalArgumentException e) {
      throw new ProtocolException(POLICY + " must be a properties file");
    }
    for (String name : new TreeSet<>(properties.stringPropertyNames())) {
      if (!POLICY_KEYS.contains(name)) {
        throw new ProtocolException(POLICY + ": unknown key " + name);
      }
    }
    return properties;
  }

  private static Policy policy(Properties properties) {
    return new Policy(
        (int) number(properties, "min-workers", 3, Integer.MAX_VALUE),
        (int) number(properties, "min-threshold", 2, Integer.MAX_VALUE),
        number(properties, "max-dimension", 1 << 24, Long.MAX_VALUE),
        (int) number(properties, "max-rounds", 1000, Integer.MAX_VALUE),
        clip(properties),
        Optional.of(names(properties.getProperty("aggregators", ""))));
  }

  private static double clip(Properties properties) {
    String value = properties.getProperty("clip");
    if (value == null) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      double clip = Double.parseDouble(value.strip());
      if (clip > 0.0 && Double.isFinite(clip)) {
        return clip;
      }
    } catch (NumberFormatException e) {
      // As for a number out of range.
    }
    throw new ProtocolException(POLICY + ": clip must be a number > 0");
  }

  private static Set<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long number(Properties properties, String name, long otherwise, long most) {
    String value = properties.getProperty(name);
    if (value == null) {
      return otherwise;
    }
    if (value.strip().matches("[1-9][0-9]{0,17}") && Long.parseLong(value.strip()) <= most) {
      return Long.parseLong(value.strip());
    }
    throw new ProtocolException(POLICY + ": " + name + " must be a whole number >= 1");
  }

  private static void requirePinned(Properties policy, String name, byte[] actual) {
    String pinned = policy.getProperty(name);
    if (pinned == null || !pinned.strip().equalsIgnoreCase(HexFormat.of().formatHex(actual))) {
      throw new ProtocolException(POLICY + ": " + name + " is not the hash of what is here");
    }
  }

  private static byte[] hashOfThisJar() {
    try {
      Path jar =
          Path.of(KeyFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Kdf.sha256(Files.readAllBytes(jar));
    } catch (IOException | URISyntaxException | RuntimeException e) {
      throw new ProtocolException("the jar that runs here can't be read to check its hash");
    }
  }

  private String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new ProtocolException("the owner's folder must hold a readable file " + file);
    }
  }
}
