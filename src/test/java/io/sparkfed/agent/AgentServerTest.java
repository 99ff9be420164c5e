package io.sparkfed.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.agent.AgentException.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of a connection to an agent, by each kind of address. */
class AgentServerTest {
  private static final String SECRET = "a row's content";

  @TempDir private static Path dir;

  @BeforeAll
  static void makeKeys() throws IOException {
    Doors.TLS.sides(dir);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** Answers backwards; fails for "fail", and takes 1500 ms for "wait". */
  private static byte[] answer(byte[] request, Peer peer, Progress progress) {
    String text = new String(request, StandardCharsets.UTF_8);
    if (text.equals("fail")) {
      throw new IllegalStateException(SECRET);
    }
    if (text.equals("wait")) {
      progress.says("reading\nrows");
      try {
        Thread.sleep(1500);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return backwards(request);
  }

  private static byte[] backwards(byte[] request) {
    byte[] answer = new byte[request.length];
    for (int k = 0; k < answer.length; k++) {
      answer[k] = request[answer.length - 1 - k];
    }
    return answer;
  }

  private static AgentException failure(Executable ask) {
    return assertThrows(AgentException.class, ask);
  }

  @ParameterizedTest
  @EnumSource
  void ask_payloadsOfAllLengths_areAnsweredInOrder(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
        AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      for (int length : new int[] {0, 1, 64, 8191, 8192, 8193, 200_000, 1 << 20}) {
        byte[] request = random(length);
        assertArrayEquals(
            backwards(request), relay.ask(request, Doors.PATIENCE), () -> "of " + length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ask_handlerThatTakesLong_isPatientAndHearsWhatItDoes(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    List<String> said = new ArrayList<>();
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
        AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      assertArrayEquals(bytes("tiaw"), relay.ask(bytes("wait"), Duration.ofMillis(700), said::add));
    }
    assertTrue(said.contains("reading rows"), said::toString);
  }

  @ParameterizedTest
  @EnumSource
  void ask_handlerThatThrows_failsWithoutItsWordsAndGoesOn(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    try (LogLines log = new LogLines();
        AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
        AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      AgentException failure = failure(() -> relay.ask(bytes("fail"), Doors.PATIENCE));
      assertEquals(Kind.FAILED, failure.kind());
      assertEquals(List.of("a request failed: " + new IllegalStateException(SECRET)), log.lines());
      assertFalse(failure.toString().contains(SECRET), failure::toString);
      assertArrayEquals(bytes("ba"), relay.ask(bytes("ab"), Doors.PATIENCE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ask_payloadLongerThanTheAgentTakes_isRefusedBeforeItIsRead(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
        AgentConnection relay = sides.connect(server, FrameLimits.USUAL);
        AgentConnection brief = sides.connect(server, Doors.BRIEF)) {
      byte[] request = new byte[(1 << 20) + 1];
      Kind kind = failure(() -> relay.ask(request, Doors.PATIENCE)).kind();
      // A port that is closed with unread bytes in it may lose what it said last.
      assertTrue(
          kind == Kind.TOO_LONG || (door == Doors.TLS && kind == Kind.BROKEN), kind::toString);
      assertEquals(Kind.TOO_LONG, failure(() -> brief.ask(request, Doors.PATIENCE)).kind());
      assertArrayEquals(bytes("ba"), brief.ask(bytes("ab"), Doors.PATIENCE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ask_peerThatIsNotAmongTheRelays_isTurnedAway(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    Relays others = new Relays(Set.of("nobody"), Optional.empty(), Set.of("ab".repeat(32)));
    AtomicInteger asked = new AtomicInteger();
    try (AgentServer server =
            AgentServer.open(
                sides.address(),
                others,
                sides.ofAgent(),
                (request, peer, progress) -> new byte[asked.incrementAndGet()],
                Doors.BRIEF);
        AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      Kind kind = failure(() -> relay.ask(bytes("ab"), Doors.PATIENCE)).kind();
      // By TLS the end of the connection can overtake the reason.
      assertTrue(
          kind == Kind.TURNED_AWAY || (door == Doors.TLS && kind == Kind.BROKEN), kind::toString);
    }
    assertEquals(0, asked.get());
  }

  @ParameterizedTest
  @EnumSource
  void open_agentThatIsNotTheExpectedOne_isAnImpostor(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    Expected other = new Expected(Optional.of("nobody"), Optional.of(Doors.key(dir, "relay")));
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF)) {
      AgentException failure =
          failure(
              () -> AgentConnection.open(server.address(), other, sides.ofRelay(), Doors.BRIEF));
      assertEquals(Kind.IMPOSTOR, failure.kind());
    }
  }

  @ParameterizedTest
  @EnumSource
  void open_nobodyThere_isAbsentBeforeAndAfter(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
    AgentConnection relay = sides.connect(server, Doors.BRIEF);
    assertArrayEquals(bytes("ba"), relay.ask(bytes("ab"), Doors.PATIENCE));
    server.close();
    assertEquals(Kind.BROKEN, failure(() -> relay.ask(bytes("ab"), Doors.PATIENCE)).kind());
    List<Kind> kinds = new ArrayList<>();
    kinds.add(failure(() -> sides.connect(server, Doors.BRIEF)).kind());
    // A port that was free a moment ago may be another process's by now.
    while (!kinds.contains(Kind.ABSENT) && kinds.size() < 4) {
      AgentServer another = sides.serve(AgentServerTest::answer, Doors.BRIEF);
      another.close();
      kinds.add(failure(() -> sides.connect(another, Doors.BRIEF)).kind());
    }
    assertTrue(kinds.contains(Kind.ABSENT), kinds.toString());
  }

  @ParameterizedTest
  @EnumSource
  void open_agentWhereOneListens_isRefusedAndTheFirstGoesOn(Doors door) throws IOException {
    Doors.Sides sides = door.sides(dir);
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF)) {
      assertThrows(
          BindException.class,
          () ->
              AgentServer.open(
                  server.address(),
                  sides.relays(),
                  sides.ofAgent(),
                  AgentServerTest::answer,
                  Doors.BRIEF));
      try (AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
        assertArrayEquals(bytes("ba"), relay.ask(bytes("ab"), Doors.PATIENCE));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ask_manyConnectionsAtOnce_areAllAnswered(Doors door) throws Exception {
    Doors.Sides sides = door.sides(dir);
    // Handshakes are slow in a JVM that has just begun.
    int many = door == Doors.SOCKET ? 100 : 30;
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(many);
    ExecutorService relays = Executors.newFixedThreadPool(many);
    try (AgentServer server =
        sides.serve(
            (request, peer, progress) -> {
              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              byte[] answer = backwards(request);
              atOnce.decrementAndGet();
              return answer;
            },
            Doors.ROOMY)) {
      List<Future<Boolean>> right = new ArrayList<>();
      for (int k = 0; k < many; k++) {
        byte[] request = random(100_000 + k);
        right.add(
            relays.submit(
                () -> {
                  try (AgentConnection relay = sides.connect(server, FrameLimits.USUAL)) {
                    all.countDown();
                    assertTrue(all.await(30, TimeUnit.SECONDS));
                    return Arrays.equals(backwards(request), relay.ask(request, Doors.PATIENCE));
                  }
                }));
      }
      for (Future<Boolean> one : right) {
        assertTrue(one.get());
      }
    } finally {
      relays.shutdownNow();
    }
    assertTrue(most.get() <= Doors.ROOMY.atOnce(), () -> most + " at once");
  }

  @Test
  void open_socketThatADeadAgentLeft_isReplaced() throws IOException {
    Doors.Sides sides = Doors.SOCKET.sides(dir);
    Path socket = dir.resolve("agent/a.sock");
    sides.serve(AgentServerTest::answer, Doors.BRIEF).close();
    assertFalse(Files.exists(socket));
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertTrue(Files.exists(socket));
    assertEquals(
        Kind.ABSENT,
        failure(
                () ->
                    AgentConnection.open(
                        sides.address(), sides.expected(), Optional.empty(), Doors.BRIEF))
            .kind());
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF);
        AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      assertArrayEquals(bytes("ba"), relay.ask(bytes("ab"), Doors.PATIENCE));
      assertEquals(
          "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    }
    assertFalse(Files.exists(socket));
  }

  @Test
  void open_socketOfAnotherProgram_staysAsItIs() throws IOException {
    Doors.Sides sides = Doors.SOCKET.sides(dir);
    Path socket = dir.resolve("agent/a.sock");
    sides.serve(AgentServerTest::answer, Doors.BRIEF).close();
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      assertThrows(BindException.class, () -> sides.serve(AgentServerTest::answer, Doors.BRIEF));
    }
    Files.delete(socket);
    Files.writeString(socket, "a file");
    assertThrows(
        FileSystemException.class, () -> sides.serve(AgentServerTest::answer, Doors.BRIEF));
    assertEquals("a file", Files.readString(socket));
    Files.delete(socket);
  }

  @Test
  void open_folderThatOthersCanWriteTo_isRefusedByBothSides() throws IOException {
    Doors.Sides sides = Doors.SOCKET.sides(dir);
    Path folder = dir.resolve("agent");
    try (AgentServer server = sides.serve(AgentServerTest::answer, Doors.BRIEF)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
      assertEquals(Kind.IMPOSTOR, failure(() -> sides.connect(server, Doors.BRIEF)).kind());
    }
    assertThrows(
        FileSystemException.class, () -> sides.serve(AgentServerTest::answer, Doors.BRIEF));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void open_groupThatThereIsNot_isNamed() throws IOException {
    Relays relays = new Relays(Set.of(), Optional.of("no-such-group"), Set.of());
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                AgentServer.open(
                    Doors.SOCKET.sides(dir).address(),
                    relays,
                    Optional.empty(),
                    AgentServerTest::answer,
                    Doors.BRIEF));
    assertTrue(failure.getMessage().contains("no-such-group"), failure::toString);
    assertFalse(Files.exists(dir.resolve("agent/a.sock")));
  }
}
