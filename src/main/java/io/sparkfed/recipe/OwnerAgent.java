package io.sparkfed.recipe;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentConnection;
import io.sparkfed.agent.AgentException;
import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.Expected;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.HeldLock;
import io.sparkfed.agent.Relays;
import io.sparkfed.agent.TlsIdentity;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.secure.keys.JournalAccount;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.PolicyText;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A data owner's folder as its agent's: beside keys, policy and journal, {@code agent.properties}
 * says where the agent listens and who may ask, and {@code journal-hash} is how far the journal was
 * when the agent last looked.
 */
public final class OwnerAgent {
  private static final String FILE = "agent.properties";
  private static final String HASH = "journal-hash";
  private static final String LOCK = "agent.lock";
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  private static final String EXAMPLE =
      "; make it with a line such as \"listen = /run/spark-federated/%1$s/agent.sock\", and one with"
          + " the user of Spark's executors, such as \"relays = spark\"";

  private final Path folder;

  private OwnerAgent(Path folder) {
    this.folder = folder;
  }

  /**
   * Refers to the agent of an owner.
   *
   * @param folder made by {@code jobs/keys init}; its name is the worker's id
   * @throws ConfigurationException if there is none
   */
  public static OwnerAgent in(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(whole) || whole.getParent() == null) {
      throw new ConfigurationException(
          folder + " must be an owner's folder; jobs/keys init makes one");
    }
    return new OwnerAgent(whole);
  }

  /** Returns whose rows the agent answers for. */
  public String worker() {
    return folder.getFileName().toString();
  }

  /** Returns the folder. */
  public Path folder() {
    return folder;
  }

  /** Returns the folder that the owner's folder lies in. */
  public Path parent() {
    return folder.getParent();
  }

  /**
   * How an agent listens.
   *
   * @param listen where
   * @param relays who may ask, and which group may open the socket
   */
  public record Settings(AgentAddress listen, Relays relays) {}

  /**
   * Reads how the agent listens.
   *
   * @throws ConfigurationException if that isn't said, or not as it must be
   */
  public Settings settings() {
    Path file = folder.resolve(FILE);
    if ((Files.exists(folder) && !Files.isExecutable(folder))
        || (Files.exists(file) && !Files.isReadable(file))) {
      throw new ConfigurationException(
          file
              + " must be readable by its owner's process; it runs as the user "
              + System.getProperty("user.name"));
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(file + " must exist" + EXAMPLE.formatted(worker()));
    }
    try {
      PolicyText text = new PolicyText(properties(file));
      AgentAddress listen =
          AgentAddress.parse(
              text.text("listen").orElseThrow(() -> new ProtocolException("listen must be set")));
      Optional<String> group = text.text("group");
      Set<String> relays = names(text.text("relays").orElse(""));
      text.requireAllRead();
      return new Settings(listen, relays(listen, relays, group));
    } catch (ProtocolException | IllegalArgumentException e) {
      throw new ConfigurationException(file + ": " + e.getMessage(), e);
    }
  }

  private static Relays relays(AgentAddress listen, Set<String> relays, Optional<String> group) {
    if (relays.isEmpty()) {
      throw new ProtocolException("relays must name who may bring requests");
    }
    if (listen instanceof AgentAddress.UnixSocket) {
      return new Relays(relays, group, Set.of());
    }
    for (String relay : relays) {
      if (!KEY.matcher(relay).matches()) {
        throw new ProtocolException(
            "relays of a TLS port must be Ed25519 public keys, 64 hexadecimal digits each."
                + " Provided value: "
                + relay);
      }
    }
    if (group.isPresent()) {
      throw new ProtocolException("group is of a socket; a TLS port has none");
    }
    return new Relays(Set.of(), group, relays);
  }

  private static Set<String> names(String list) {
    Set<String> names = new TreeSet<>();
    Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names;
  }

  private static Map<String, String> properties(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(file + " must be a properties file that can be read", e);
    }
    Map<String, String> values = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> values.put(name, properties.getProperty(name)));
    return values;
  }

  /** Returns the policy's keys that are set, with their values. */
  public Map<String, String> policy() {
    return properties(folder.resolve(KeyFolder.POLICY));
  }

  /**
   * Opens the folder, and checks that all of it fits.
   *
   * @return what it holds, in a few words
   * @throws ConfigurationException if it isn't whole, or open to others
   */
  public String verified() {
    return OwnerKeys.verify(parent(), worker());
  }

  /**
   * Returns what finds the owner's keys.
   *
   * @throws IOException if the roster can't be read
   */
  public KeyRing keys() throws IOException {
    return new KeyFolders(
        parent().toString(), Files.readAllLines(folder.resolve(KeyFolder.ROSTER)));
  }

  /**
   * Returns what the journal adds up to.
   *
   * @throws IOException if it can't be read
   */
  public JournalAccount journal() throws IOException {
    Path noted = folder.resolve(HASH);
    Optional<String> earlier =
        Files.exists(noted) ? Optional.of(Files.readString(noted).strip()) : Optional.empty();
    return JournalAccount.of(folder, earlier, LocalDate.now(ZoneOffset.UTC));
  }

  /**
   * Returns what the journal adds up to, if all of it is there.
   *
   * @throws IOException if it was edited or cut, or can't be read: then nothing may be answered,
   *     since it can't be known what was before
   */
  public JournalAccount wholeJournal() throws IOException {
    JournalAccount account = journal();
    if (account.broken().isPresent()) {
      throw new IOException(
          account.broken().get()
              + ". Nothing is answered. To go on, put a copy back in the place of "
              + folder.resolve(KeyFolder.JOURNAL)
              + "; or move it and "
              + HASH
              + " aside, and the owner begins anew, without any memory of what it answered");
    }
    if (!account.hasEarlier()) {
      throw new IOException(
          "the owner's journal has "
              + account.lines()
              + " lines, and not the one that was its last: lines were taken away. Nothing is"
              + " answered. To go on, put a copy back in the place of "
              + folder.resolve(KeyFolder.JOURNAL)
              + "; or delete "
              + folder.resolve(HASH)
              + ", and the owner goes on without any memory of what these lines said");
    }
    return account;
  }

  /**
   * Notes how far the journal is, so that it shows if lines are taken away.
   *
   * @throws IOException if that can't be written
   */
  public void note(JournalAccount account) throws IOException {
    Path begun = folder.resolve(HASH + ".begun");
    Files.writeString(begun, account.hash() + "\n");
    Files.move(begun, folder.resolve(HASH), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Makes sure that the folder has one agent.
   *
   * @return to be held while it runs
   * @throws IOException if there is another
   */
  public HeldLock lock() throws IOException {
    return HeldLock.take(folder.resolve(LOCK))
        .orElseThrow(
            () -> new IOException("another agent runs for " + folder + "; a worker has one"));
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the address can't be listened at, by another agent's being there for
   *     example
   */
  public AgentServer listen(Settings settings, AgentHandler handler) throws IOException {
    Optional<TlsIdentity> identity = identity(settings);
    return AgentServer.open(
        settings.listen(),
        andOwner(settings.relays(), identity),
        identity,
        handler,
        FrameLimits.within(Runtime.getRuntime().maxMemory()));
  }

  /**
   * Connects to the agent that runs.
   *
   * @throws AgentException if none does, or not this one
   * @throws IOException if the folder can't be read
   */
  public AgentConnection connect(Settings settings) throws IOException {
    Optional<TlsIdentity> identity = identity(settings);
    return AgentConnection.open(
        settings.listen(),
        new Expected(Optional.of(System.getProperty("user.name")), identity.map(TlsIdentity::key)),
        identity,
        FrameLimits.USUAL);
  }

  /** The owner's own commands may ask, whoever relays. */
  private static Relays andOwner(Relays relays, Optional<TlsIdentity> identity) {
    Set<String> users = new TreeSet<>(relays.users());
    users.add(System.getProperty("user.name"));
    Set<String> keys = new TreeSet<>(relays.keys());
    identity.ifPresent(own -> keys.add(own.key()));
    return new Relays(users, relays.group(), keys);
  }

  private Optional<TlsIdentity> identity(Settings settings) throws IOException {
    return settings.listen() instanceof AgentAddress.UnixSocket
        ? Optional.empty()
        : Optional.of(
            TlsIdentity.of(folder.resolve(KeyFolder.STORE), folder.resolve(KeyFolder.PASSWORD)));
  }
}
