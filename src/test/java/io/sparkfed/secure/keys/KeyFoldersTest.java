package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.Weighting;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.objective.Reduction;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.server.ServerSgd;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three owners' folders made by keytool, and what becomes of them. */
class KeyFoldersTest {
  private static final List<String> OWNERS = ThreeOwners.NAMES;

  @TempDir static Path made;
  private static ThreeOwners fresh;
  private static RosterFile roster;

  @TempDir Path temporary;
  private Path dir;
  private Path own;

  @BeforeAll
  static void makeFolders() throws IOException {
    fresh = ThreeOwners.make(made);
    roster = fresh.roster();
  }

  /** Each test may break a copy. */
  @BeforeEach
  void copyFolders() throws IOException {
    dir = fresh.copy(temporary.resolve("keys")).dir();
    own = dir.resolve("a");
  }

  @Test
  void init_fresh_isForTheOwnerAlone() throws IOException {
    assertEquals("rwx------", permissions(made.resolve("a")));
    try (Stream<Path> files = Files.list(made.resolve("a"))) {
      for (Path file : files.toList()) {
        String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
        assertEquals(expected, permissions(file), file.toString());
      }
    }
    String password = Files.readString(made.resolve("a").resolve(KeyFolder.PASSWORD)).strip();
    assertEquals(32, password.length());
    assertEquals(
        3,
        OWNERS.stream()
            .map(owner -> new KeyFolder(made.resolve(owner)).keys().master())
            .map(HexFormat.of()::formatHex)
            .distinct()
            .count());
  }

  @Test
  void init_again_isRefusedAndChangesNothing() throws IOException {
    byte[] store = Files.readAllBytes(own.resolve(KeyFolder.STORE));

    assertThrows(FileAlreadyExistsException.class, () -> KeyFolderMaker.init(dir, "a"));

    assertArrayEquals(store, Files.readAllBytes(own.resolve(KeyFolder.STORE)));
  }

  @Test
  void open_acceptedFolder_holdsKeysPolicyAndRoster() {
    Owner owner = new KeyFolder(own).open("a");

    assertEquals(new Policy(3, 2, 1 << 24, Clip.NONE, 0.1, Optional.of(Set.of())), owner.policy());
    assertArrayEquals(roster.hash(), owner.roster().hash());
    assertArrayEquals(roster.publicKey("a"), Signing.publicKey(owner.keys().identity()));
  }

  @Test
  void open_policyThatRequiresWorkers_hasThemIfTheyAreOnTheRoster() throws IOException {
    Path policy = own.resolve(KeyFolder.POLICY);
    String before = Files.readString(policy);
    Files.writeString(policy, before + "required-workers = b, a\n");
    assertEquals(Set.of("a", "b"), new KeyFolder(own).open("a").policy().requiredWorkers());

    Files.writeString(policy, before + "required-workers = b, nobody\n");
    assertEquals(
        "policy.properties: required-workers must be on the roster. Provided value: nobody",
        assertThrows(ProtocolException.class, () -> new KeyFolder(own).open("a")).getMessage());
  }

  @Test
  void open_policyWithAggregators_allowsExactlyThese() throws IOException {
    Path policy = own.resolve(KeyFolder.POLICY);
    Files.writeString(
        policy, Files.readString(policy) + "aggregators = agg-2 , agg-1\nmax-sums = 1\n");

    Owner owner = new KeyFolder(own).open("a");

    assertEquals(Optional.of(Set.of("agg-1", "agg-2")), owner.policy().aggregators());
    byte[] run = new byte[32];
    Sent sent = new Sent(run, run, run, run);
    owner.journal().send(new byte[] {1}, sent);
    assertEquals(
        "the owner's policy allows no more sums",
        assertThrows(ProtocolException.class, () -> owner.journal().send(new byte[] {2}, sent))
            .getMessage());
    assertEquals(1, Files.readAllLines(own.resolve(KeyFolder.JOURNAL).resolve("log")).size());
  }

  @Test
  void open_beforeAccept_isRefused() throws IOException {
    Files.delete(own.resolve(KeyFolder.ROSTER));

    refused("the owner's folder must hold a readable file roster");
  }

  @Test
  void open_wrongPassword_isRefused() throws IOException {
    Files.writeString(own.resolve(KeyFolder.PASSWORD), "guessed\n");

    refused("keys.p12 can't be opened with the password of its folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys.p12", "password", "policy.properties", "roster"})
  void open_fileMissing_isRefused(String file) throws IOException {
    Files.delete(own.resolve(file));

    assertThrows(ProtocolException.class, () -> new KeyFolder(own).open("a"));
    assertThrows(
        ProtocolException.class, () -> new KeyFolders(dir.toString(), roster.lines()).open("a"));
  }

  @Test
  void open_storeOfAnotherOwner_isRefused() throws IOException {
    for (String file : List.of(KeyFolder.STORE, KeyFolder.PASSWORD)) {
      Files.delete(own.resolve(file));
      Files.copy(dir.resolve("b").resolve(file), own.resolve(file));
    }

    refused("the roster must hold this owner's key for worker a");
  }

  @Test
  void open_rosterChangedAfterAccept_isRefused() throws IOException {
    List<String> two = roster.lines().subList(0, 2);
    Files.write(own.resolve(KeyFolder.ROSTER), two);
    refused("policy.properties: roster-sha256 is not the hash of what is here");

    List<String> policy = Files.readAllLines(own.resolve(KeyFolder.POLICY));
    policy.removeIf(line -> line.startsWith("roster-sha256"));
    Files.write(own.resolve(KeyFolder.POLICY), policy);
    refused("policy.properties: roster-sha256 is not the hash of what is here");
  }

  @Test
  void accept_again_pinsTheNewRosterOnly() throws IOException {
    RosterFile two = RosterFile.parse(roster.lines().subList(0, 2));

    KeyFolderMaker.accept(own, "a", two);

    assertArrayEquals(two.hash(), new KeyFolder(own).open("a").roster().hash());
    assertEquals(
        1,
        Files.readAllLines(own.resolve(KeyFolder.POLICY)).stream()
            .filter(line -> line.contains("roster-sha256"))
            .count());
  }

  @Test
  void accept_rosterWithoutOrWithAnothersKey_isRefused() {
    RosterFile without = RosterFile.parse(roster.lines().subList(1, 3));
    PartyKeys stranger = new PartyKeys(new byte[32], new byte[32]);
    List<String> lines = new ArrayList<>(without.lines());
    lines.add(RosterFile.line("a", stranger));
    RosterFile another = RosterFile.parse(lines);

    for (RosterFile wrong : List.of(without, another)) {
      assertThrows(ProtocolException.class, () -> KeyFolderMaker.accept(own, "a", wrong));
    }
    assertArrayEquals(roster.hash(), new KeyFolder(own).open("a").roster().hash());
  }

  @ParameterizedTest
  @CsvSource({
    "min-worker = 3, 'policy.properties: unknown key min-worker'",
    "min-workers = 0, 'policy.properties: min-workers must be a whole number >= 1'",
    "min-workers = two, 'policy.properties: min-workers must be a whole number >= 1'",
    "max-rounds = 99999999999, 'policy.properties: max-rounds must be a whole number >= 1'",
    "max-dimension = -1, 'policy.properties: max-dimension must be a whole number >= 1'",
    "jar-sha256 =, ",
    "jar-sha256 = 00, "
  })
  void open_policyBroken_isRefused(String line, String rule) throws IOException {
    List<String> policy = new ArrayList<>(Files.readAllLines(own.resolve(KeyFolder.POLICY)));
    policy.add(line);
    Files.write(own.resolve(KeyFolder.POLICY), policy);

    ProtocolException refused =
        assertThrows(ProtocolException.class, () -> new KeyFolder(own).open("a"));
    if (rule != null) {
      assertEquals(rule, refused.getMessage());
    }
  }

  @Test
  void rosterParse_forgedTwiceOrMalformedLine_isRefused() {
    String line = roster.lines().get(0);
    String[] parts = line.split("\t", -1);
    String[] others = roster.lines().get(1).split("\t", -1);
    for (String wrong :
        List.of(
            "z\t" + parts[1] + "\t" + parts[2],
            parts[0] + "\t" + others[1] + "\t" + parts[2],
            parts[0] + "\t" + others[1] + "\t" + others[2],
            parts[0] + "\t" + parts[1],
            line + "\tmore",
            parts[0] + "\t!\t" + parts[2],
            "a b\t" + parts[1] + "\t" + parts[2],
            "../a\t" + parts[1] + "\t" + parts[2],
            "a\u001b[2J\t" + parts[1] + "\t" + parts[2])) {
      assertThrows(ProtocolException.class, () -> RosterFile.parse(List.of(wrong)), wrong);
    }
    assertThrows(ProtocolException.class, () -> RosterFile.parse(List.of(line, line)));
    assertThrows(ProtocolException.class, () -> roster.publicKey("z"));
  }

  /** Ids that name no folder of their own, or that a terminal would obey; validly signed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "..",
        "",
        "a b",
        "a\u00a0b",
        "a/b",
        "a\\b",
        "a\u001b[2J",
        "a\u009b2J",
        "\u202ea"
      })
  void rosterLine_idThatIsNoName_isRefusedEverywhere(String id) {
    PartyKeys keys = new KeyFolder(own).keys();
    byte[] key = Signing.publicKey(keys.identity());
    byte[] signature = keys.sign(new WireWriter().text("roster").text(id).bytes(key).toByteArray());
    Base64.Encoder encoder = Base64.getEncoder();
    String line =
        id + "\t" + encoder.encodeToString(key) + "\t" + encoder.encodeToString(signature);

    assertThrows(ProtocolException.class, () -> RosterFile.line(id, keys));
    assertThrows(ProtocolException.class, () -> RosterFile.parse(List.of(line)));
    assertThrows(ProtocolException.class, () -> KeyFolderMaker.init(dir, id));
    assertThrows(
        ProtocolException.class, () -> new KeyFolders(dir.toString(), roster.lines()).open(id));
  }

  @Test
  void rosterHash_anyOrderOfLines_isTheSame() {
    List<String> reversed = new ArrayList<>(roster.lines());
    Collections.reverse(reversed);
    reversed.add("");

    assertArrayEquals(roster.hash(), RosterFile.parse(reversed).hash());
    assertEquals(roster.lines(), RosterFile.parse(reversed).lines());
  }

  @Test
  void keyFolders_openedAgain_isKeptUntilAFileChanges() throws IOException {
    KeyFolders folders = new KeyFolders(dir.toString(), roster.lines());
    Owner first = folders.open("a");
    assertSame(first, folders.open("a"));

    Files.setLastModifiedTime(
        own.resolve(KeyFolder.POLICY), FileTime.fromMillis(System.currentTimeMillis() + 5000));

    assertNotSame(first, folders.open("a"));
  }

  /** Copies of backups and some editors put back the time of a file. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keyFolders_policyThatWasChangedAndLooksAsOld_isReadAnew(boolean isReplaced)
      throws IOException {
    KeyFolders keys = new KeyFolders(dir.toString(), roster.lines());
    Path policy = dir.resolve("a").resolve(KeyFolder.POLICY);
    FileTime time = Files.getLastModifiedTime(policy);
    String text = Files.readString(policy);
    Owner before = keys.open("a");
    // As long as it was.
    String edited = text.replace("cohorts = one", "cohorts = any");
    Path written = isReplaced ? policy.resolveSibling("new") : policy;

    Files.writeString(written, edited);
    Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(policy));
    Files.setLastModifiedTime(written, time);
    if (isReplaced) {
      Files.move(written, policy, StandardCopyOption.REPLACE_EXISTING);
    }

    assertEquals(time, Files.getLastModifiedTime(policy));
    assertEquals(text.length(), Files.size(policy));
    assertNotSame(before, keys.open("a"));
  }

  @Test
  void training_ownersKeysAndThrowAwayOnes_giveTheSameCoefficients() {
    Coefficients expected = train(ThrowAwayKeys.random(), 3);

    assertEquals(expected, train(new KeyFolders(dir.toString(), roster.lines()), 3));
  }

  /** Each owner's default policy wants three workers; the driver asks two for their sum. */
  @Test
  void training_fewerWorkersThanThePolicies_opensNothing() {
    KeyFolders folders = new KeyFolders(dir.toString(), roster.lines());

    assertThrows(CohortException.class, () -> train(folders, 2, 2));
  }

  /** A driver that holds another roster than the owners has another context. */
  @Test
  void training_driversRosterDiffers_opensNothing() {
    List<String> more = new ArrayList<>(roster.lines());
    more.add(RosterFile.line("d", new PartyKeys(new byte[32], new byte[32])));
    KeyFolders folders = new KeyFolders(dir.toString(), more);

    assertThrows(AggregationException.class, () -> train(folders, 3));
  }

  private static Coefficients train(KeyRing keys, int minWorkers) {
    return train(keys, minWorkers, 3);
  }

  private static Coefficients train(KeyRing keys, int minWorkers, int workers) {
    Map<String, Shard> shards = new TreeMap<>();
    for (int i = 0; i < workers; i++) {
      String owner = OWNERS.get(i);
      shards.put(owner, Table.random(i, 20, 2, Family.LINEAR).shard(owner));
    }
    RingSum ring = new MaskedSum(keys, minWorkers);
    TrainingPlan plan =
        new TrainingPlan(
            Family.LINEAR,
            Family.LINEAR.loss(),
            new ModelShape(2, true),
            0.0,
            0.0,
            0.0,
            Standardize.FEDERATED,
            Reduction.MEAN,
            new GradientDescent(2, 0.1),
            Weighting.ROWS,
            scaledLength -> new FixedPointSum(ring, scaledLength),
            new ServerSgd(1.0),
            Cohort.everybody(),
            3,
            OptionalDouble.empty(),
            1000.0,
            MetricSums.of(Family.LINEAR, Family.LINEAR.loss(), MetricSettings.of(Family.LINEAR)),
            OptionalInt.empty(),
            1L,
            Optional.empty(),
            Optional.empty());
    return new FederatedTrainer(
            new RecordingFederation<>(new InProcessFederation<>(shards)), plan, round -> {})
        .train()
        .model();
  }

  private void refused(String rule) {
    assertEquals(
        rule,
        assertThrows(ProtocolException.class, () -> new KeyFolder(own).open("a")).getMessage());
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
