package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.interfaces.EdECKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.SecretKey;

/**
 * One data owner's folder, on the host of its worker and readable by it alone: where the system has
 * POSIX permissions, a folder whose secrets others could read, or whose rules they could change, is
 * not opened.
 *
 * <ul>
 *   <li>{@code keys.p12}: a PKCS#12 store with the Ed25519 private key {@code identity} and the
 *       256-bit secret key {@code master};
 *   <li>{@code password}: the store's password;
 *   <li>{@code roster}: the owner's copy of the roster, see {@link RosterFile};
 *   <li>{@code policy.properties}: what the owner allows;
 *   <li>{@code journal}: what the owner sent and helped to open, see {@link Journal}.
 * </ul>
 */
public final class KeyFolder {
  /** Names of the files. */
  public static final String STORE = "keys.p12";

  public static final String PASSWORD = "password";
  public static final String ROSTER = "roster";
  public static final String POLICY = "policy.properties";
  public static final String JOURNAL = "journal";

  /** What a PKCS#8 encoding of an Ed25519 seed starts with (RFC 8410, section 7). */
  private static final byte[] ED25519_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  /** As the JDK and other providers call it. */
  private static final Set<String> ED25519_NAMES = Set.of("EdDSA", "Ed25519");

  private static final String REQUIRED = "required-workers";

  private static final Set<String> POLICY_KEYS =
      Set.of(
          "min-workers",
          "min-threshold",
          "max-dimension",
          "max-rounds",
          "max-sums",
          "max-runs-per-day",
          "cohorts",
          "corrupted",
          "clip",
          "aggregators",
          REQUIRED,
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
   * @throws ProtocolException if a file is missing, malformed or open to others, the roster doesn't
   *     hold this key, or a hash is not the one pinned in the policy
   */
  public Owner open(String worker) {
    requireOwners();
    Properties policy = policyProperties();
    PartyKeys keys = keys();
    RosterFile roster = RosterFile.parse(text(ROSTER).lines().toList());
    if (!Arrays.equals(roster.publicKey(worker), Signing.publicKey(keys.identity()))) {
      throw new ProtocolException("the roster must hold this owner's key for worker " + worker);
    }
    requirePinned(policy, "roster-sha256", roster.hash());
    requireOnRoster(names(policy.getProperty(REQUIRED, "")), roster);
    if (policy.containsKey("jar-sha256")) {
      requirePinned(policy, "jar-sha256", hashOfThisJar());
    }
    Journal journal = new FolderJournal(closedJournal(), limits(policy));
    return new Owner(
        keys, policy(policy), QuestionKeys.of(policy), journal, roster, budget(policy));
  }

  /**
   * Reads how much privacy the owner gives away.
   *
   * @return empty where its policy says nothing of it
   * @throws ProtocolException if the policy can't be read
   */
  public Optional<Budget> budget() {
    requireOwners();
    return budget(policyProperties());
  }

  private static Optional<Budget> budget(Properties policy) {
    try {
      return Budget.of(policy);
    } catch (ProtocolException e) {
      throw new ProtocolException(POLICY + ": " + e.getMessage());
    }
  }

  /** A name that nobody has would refuse every sum. */
  private static void requireOnRoster(Set<String> names, RosterFile roster) {
    for (String name : names) {
      if (!roster.workers().contains(name)) {
        throw new ProtocolException(
            POLICY + ": " + REQUIRED + " must be on the roster. Provided value: " + name);
      }
    }
  }

  /** Returns the state of what an owner is made of, to be compared: what differs is opened anew. */
  List<Optional<FileState>> state() {
    return Stream.of("", STORE, PASSWORD, ROSTER, POLICY, JOURNAL)
        .map(file -> FileState.of(folder.resolve(file)))
        .toList();
  }

  /** What an owner helped to open is nobody else's business either. */
  private Path closedJournal() {
    Path journal = folder.resolve(JOURNAL);
    if (FileState.hasPermissions(folder)) {
      try {
        Files.createDirectory(
            journal,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        // Made before, and looked at with the rest.
      } catch (IOException e) {
        throw new ProtocolException("the owner's journal can't be written");
      }
    }
    return journal;
  }

  private void requireOwners() {
    for (String file : List.of("", STORE, PASSWORD, JOURNAL)) {
      Path path = folder.resolve(file);
      FileState.of(path).ifPresent(state -> state.requireClosed(path));
    }
    for (String file : List.of(ROSTER, POLICY)) {
      Path path = folder.resolve(file);
      FileState.of(path).ifPresent(state -> state.requireUnchangeable(path));
    }
  }

  /**
   * Reads the private keys.
   *
   * @throws ProtocolException if the store can't be opened, a key is missing or of another kind, or
   *     others could read them
   */
  public PartyKeys keys() {
    requireOwners();
    char[] password = text(PASSWORD).strip().toCharArray();
    try (InputStream in = Files.newInputStream(folder.resolve(STORE))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      byte[] identity = seed(key(store, "identity", password));
      byte[] master = secret(key(store, "master", password));
      return new PartyKeys(identity, master);
    } catch (IOException | GeneralSecurityException e) {
      throw new ProtocolException(STORE + " can't be opened with the password of its folder");
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /**
   * Returns the seed of an Ed25519 key. Of a key of another kind the same bytes may be its public
   * half: an encoding of an EC key ends with it.
   */
  private static byte[] seed(Key key) {
    byte[] encoded = key.getEncoded();
    boolean isEd25519 =
        key instanceof PrivateKey
            && ED25519_NAMES.contains(key.getAlgorithm())
            && encoded != null
            && encoded.length == ED25519_PREFIX.length + Signing.KEY_LENGTH
            && Arrays.equals(
                encoded, 0, ED25519_PREFIX.length, ED25519_PREFIX, 0, ED25519_PREFIX.length);
    if (!isEd25519) {
      throw new ProtocolException(
          STORE + ": the key identity must be an Ed25519 key. Provided value: " + kind(key));
    }
    return Arrays.copyOfRange(encoded, ED25519_PREFIX.length, encoded.length);
  }

  private static byte[] secret(Key key) {
    byte[] encoded = key.getEncoded();
    if (!(key instanceof SecretKey) || encoded == null || encoded.length != Kdf.LENGTH) {
      throw new ProtocolException(
          STORE
              + ": the key master must be a secret key of 256 bits. Provided value: "
              + kind(key));
    }
    return encoded;
  }

  private static String kind(Key key) {
    if (key instanceof SecretKey && key.getEncoded() != null) {
      return "a secret key of " + Byte.SIZE * key.getEncoded().length + " bits";
    }
    return key instanceof EdECKey edwards
        ? "a key of " + edwards.getParams().getName()
        : "a key of " + key.getAlgorithm();
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
      if (!POLICY_KEYS.contains(name) && !QuestionKeys.has(name) && !Budget.has(name)) {
        throw new ProtocolException(POLICY + ": unknown key " + name);
      }
    }
    return properties;
  }

  private static Policy policy(Properties properties) {
    return new Policy(
        minWorkers(properties),
        (int) number(properties, "min-threshold", 2, Integer.MAX_VALUE),
        number(properties, "max-dimension", 1 << 24, Long.MAX_VALUE),
        clip(properties),
        corrupted(properties),
        Optional.of(names(properties.getProperty("aggregators", ""))),
        names(properties.getProperty(REQUIRED, "")));
  }

  private static Limits limits(Properties properties) {
    return new Limits(
        number(properties, "max-sums", Long.MAX_VALUE, Long.MAX_VALUE),
        (int) number(properties, "max-rounds", 1000, Integer.MAX_VALUE),
        cohorts(properties),
        (int) number(properties, "max-runs-per-day", Integer.MAX_VALUE, Integer.MAX_VALUE),
        Owner.isByHand(QuestionKeys.of(properties))
            ? Limits.Approval.BY_HAND
            : Limits.Approval.BY_RULE);
  }

  private static Limits.Cohorts cohorts(Properties properties) {
    String value = properties.getProperty("cohorts", "one").strip();
    if (!value.equals("one") && !value.equals("any")) {
      throw new ProtocolException(POLICY + ": cohorts must be one or any");
    }
    return value.equals("one") ? Limits.Cohorts.ONE : Limits.Cohorts.ANY;
  }

  private static int minWorkers(Properties properties) {
    return (int) number(properties, "min-workers", 3, Integer.MAX_VALUE);
  }

  private static Clip clip(Properties properties) {
    return new Clip(real(properties, "clip", Clip.NONE.norm(), "> 0", v -> v > 0.0));
  }

  private static double corrupted(Properties properties) {
    return real(
        properties, "corrupted", Policy.CORRUPTED, "in [0, 0.33]", v -> v >= 0.0 && v <= 0.33);
  }

  private static double real(
      Properties properties, String name, double otherwise, String rule, DoublePredicate keeps) {
    String value = properties.getProperty(name);
    if (value == null) {
      return otherwise;
    }
    try {
      double number = Double.parseDouble(value.strip());
      if (keeps.test(number) && Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As for a number out of range.
    }
    throw new ProtocolException(POLICY + ": " + name + " must be a number " + rule);
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
