package io.sparkfed.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sparkfed.agent.AgentException.Kind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The agent runs as one UNIX user, who asks as another: what the kernel lets them do. Needs root,
 * who alone can start a process of another user.
 */
class OtherUsersTest {
  private static final String OTHER = "nobody";
  private static final String GROUP = "nogroup";
  private static Path dir;

  /** Prints what becomes of a request to an address, and of reading a file. */
  static final class Asking {
    private Asking() {}

    /** Takes an address, the expected user or "-", and a file. */
    public static void main(String[] args) {
      Optional<String> user = args[1].equals("-") ? Optional.empty() : Optional.of(args[1]);
      try (AgentConnection connection =
          AgentConnection.open(
              AgentAddress.parse(args[0]),
              new Expected(user, Optional.empty()),
              Optional.empty(),
              FrameLimits.USUAL)) {
        byte[] answer = connection.ask(new byte[0], Duration.ofSeconds(20));
        System.out.println(new String(answer, StandardCharsets.UTF_8));
      } catch (AgentException e) {
        System.out.println(e.kind());
      }
      try {
        System.out.println(Files.readAllBytes(Path.of(args[2])).length);
      } catch (IOException e) {
        System.out.println("unreadable");
      }
    }
  }

  @BeforeAll
  static void makeClassPath() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root")
            && Stream.of("/usr/bin/setpriv", "/bin/setpriv")
                .anyMatch(path -> Files.isExecutable(Path.of(path))),
        "no other user's process can be started");
    // Unlike a test's usual folder, others may enter it.
    dir = Files.createTempDirectory("other-users");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    copy(AgentConnection.class);
    copy(Asking.class);
    Files.createDirectory(
        dir.resolve("owner"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(dir.resolve("owner/rows.csv"), "a row");
  }

  /** Copies the package's classes from where one of them is. */
  private static void copy(Class<?> one) throws IOException, URISyntaxException {
    Path source = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    String name = one.getPackageName().replace('.', '/');
    Path target = Files.createDirectories(dir.resolve("classes").resolve(name));
    try (Stream<Path> files = Files.list(source.resolve(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
  }

  @AfterAll
  static void remove() throws IOException {
    if (dir != null) {
      try (Stream<Path> all = Files.walk(dir)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** Returns what the other user's process prints. */
  private static List<String> asked(String group, String expected, Set<String> users)
      throws Exception {
    AgentAddress address = new AgentAddress.UnixSocket(dir.resolve("run/a.sock").toString());
    Relays relays = new Relays(users, Optional.of(GROUP), Set.of());
    List<String> peers = new ArrayList<>();
    try (AgentServer server =
        AgentServer.open(
            address,
            relays,
            Optional.empty(),
            (request, peer, progress) -> {
              peers.add(peer.name());
              return "answered".getBytes(StandardCharsets.UTF_8);
            },
            FrameLimits.USUAL)) {
      Process process =
          new ProcessBuilder(
                  "setpriv",
                  "--reuid=" + OTHER,
                  "--regid=" + group,
                  "--clear-groups",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  dir.resolve("classes").toString(),
                  Asking.class.getName(),
                  server.address().toString(),
                  expected,
                  dir.resolve("owner/rows.csv").toString())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      List<String> said = process.inputReader(StandardCharsets.UTF_8).lines().toList();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES));
      assertTrue(peers.isEmpty() || peers.equals(List.of(OTHER)), peers::toString);
      return said;
    }
  }

  @Test
  void ask_relayOfTheGroup_isAnsweredAndCanReadNothingElse() throws Exception {
    assertEquals(List.of("answered", "unreadable"), asked(GROUP, "root", Set.of(OTHER)));
  }

  @Test
  void ask_userOfTheGroupWhoIsNoRelay_isTurnedAwayByTheAgent() throws Exception {
    assertEquals(
        List.of(Kind.TURNED_AWAY.name(), "unreadable"), asked(GROUP, "root", Set.of("root")));
  }

  @Test
  void open_relayOutsideOfTheGroup_isTurnedAwayByTheSocket() throws Exception {
    assertEquals(
        List.of(Kind.TURNED_AWAY.name(), "unreadable"), asked("daemon", "root", Set.of(OTHER)));
  }

  @Test
  void open_agentOfAnotherUserThanTheOwner_isAnImpostor() throws Exception {
    assertEquals(List.of(Kind.IMPOSTOR.name(), "unreadable"), asked(GROUP, OTHER, Set.of(OTHER)));
  }
}
