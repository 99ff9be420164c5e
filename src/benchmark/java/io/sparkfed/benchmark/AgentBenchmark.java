package io.sparkfed.benchmark;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentConnection;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.Expected;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.agent.TlsIdentity;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What it takes to ask an agent that has nothing to do, over a socket and by TLS on loopback: a
 * request of some bytes and an answer of some. Both sides are in this process. One line of JSON a
 * case; the median of the second half of the turns.
 */
public final class AgentBenchmark {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Bytes of requests and answers, and how often they are asked. */
  private static final int[][] CASES = {
    {64, 64, 20_000}, {1 << 20, 1 << 20, 400}, {64, 48 << 20, 60}
  };

  private AgentBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    Suite suite = new Suite("agent", args);
    Path dir = Files.createTempDirectory("agent-benchmark");
    try {
      String me = System.getProperty("user.name");
      Relays relays = new Relays(Set.of(me), Optional.empty(), Set.of(key(dir)));
      Expected expected = new Expected(Optional.of(me), Optional.of(key(dir)));
      Optional<TlsIdentity> identity =
          Optional.of(TlsIdentity.of(dir.resolve("a/keys.p12"), dir.resolve("a/password")));
      for (AgentAddress address :
          List.of(
              new AgentAddress.UnixSocket(dir.resolve("a.sock").toString()),
              new AgentAddress.TlsPort("127.0.0.1", 0))) {
        try (AgentServer server =
                AgentServer.open(
                    address,
                    relays,
                    identity,
                    (request, peer, progress) -> new byte[ByteBuffer.wrap(request).getInt()],
                    FrameLimits.USUAL);
            AgentConnection relay =
                AgentConnection.open(server.address(), expected, identity, FrameLimits.USUAL)) {
          for (int[] one : CASES) {
            suite.print(measured(address, relay, one));
          }
        }
      }
    } finally {
      try (Stream<Path> all = Files.walk(dir)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static String key(Path dir) throws IOException {
    Path folder = dir.resolve("a");
    if (Files.notExists(folder)) {
      KeyFolderMaker.init(dir, "a");
    }
    return HexFormat.of().formatHex(Signing.publicKey(new KeyFolder(folder).keys().identity()));
  }

  private static Map<String, Object> measured(
      AgentAddress address, AgentConnection relay, int[] one) throws IOException {
    byte[] request = ByteBuffer.allocate(one[0]).putInt(one[1]).array();
    List<Double> millis = new ArrayList<>();
    for (int k = 0; k < one[2]; k++) {
      long start = System.nanoTime();
      relay.ask(request, PATIENCE);
      if (k >= one[2] / 2) {
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    Map<String, Object> measured = new LinkedHashMap<>();
    measured.put("over", address instanceof AgentAddress.UnixSocket ? "socket" : "tls");
    measured.put("requestBytes", one[0]);
    measured.put("answerBytes", one[1]);
    measured.put("micros", Math.round(1e3 * Suite.median(millis)));
    return measured;
  }
}
