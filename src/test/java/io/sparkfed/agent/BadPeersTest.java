package io.sparkfed.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that break the rules, are slow, or die: each costs one line of the log and its connection.
 * What an agent must answer is told by a reader of frames that was written for these tests.
 */
class BadPeersTest {
  private static final int HEAD = 20;
  private static final int MUTATIONS = 10_000;

  /** Lengths of requests, longer than those that are mutated, with a huge or a slow answer. */
  private static final int HUGE = 2001;

  private static final int SLOW = 2002;

  @TempDir private Path dir;

  private Doors.Sides sides;
  private AgentServer server;
  private LogLines log;

  @BeforeEach
  void serve() throws IOException {
    log = new LogLines();
    sides = Doors.SOCKET.sides(dir);
    server =
        sides.serve(
            (request, peer, progress) -> {
              if (request.length == HUGE) {
                return new byte[1 << 20];
              }
              if (request.length == SLOW) {
                sleep(500);
              }
              return request;
            },
            Doors.BRIEF);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    log.close();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] frame(
      int magic, int version, int kind, long number, int length, byte[] rest) {
    return ByteBuffer.allocate(HEAD + rest.length)
        .putInt(magic)
        .putShort((short) version)
        .putShort((short) kind)
        .putLong(number)
        .putInt(length)
        .put(rest)
        .array();
  }

  private static byte[] request(long number, int length) {
    byte[] payload = new byte[length];
    new Random(number).nextBytes(payload);
    return frame(0x53464147, 1, 0, number, length, payload);
  }

  private SocketChannel connected() throws IOException {
    AgentAddress.UnixSocket address = (AgentAddress.UnixSocket) server.address();
    return SocketChannel.open(UnixDomainSocketAddress.of(address.path()));
  }

  /** Sends bytes, says that there are no more, and returns all that comes back. */
  private byte[] sent(byte[] bytes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (SocketChannel channel = connected()) {
      try {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
          channel.write(out);
        }
        channel.shutdownOutput();
      } catch (IOException e) {
        // It has refused before the end.
      }
      ByteBuffer in = ByteBuffer.allocate(1 << 16);
      while (channel.read(in.clear()) >= 0) {
        all.write(in.array(), 0, in.position());
      }
    } catch (IOException e) {
      // It closes what it has not read to the end.
    }
    return all.toByteArray();
  }

  /** The answers that bytes must have, and whether they end as they should. */
  private record Oracle(List<byte[]> answers, boolean isWellEnded) {
    static Oracle of(byte[] bytes) {
      List<byte[]> answers = new ArrayList<>();
      int at = 0;
      while (bytes.length - at >= HEAD) {
        ByteBuffer head = ByteBuffer.wrap(bytes, at, HEAD);
        boolean isGood =
            head.getInt() == 0x53464147
                && head.getShort() == 1
                && head.getShort() == 0
                && head.getLong() == answers.size();
        int length = head.getInt();
        if (!isGood || length < 0 || length > bytes.length - at - HEAD) {
          return new Oracle(answers, false);
        }
        answers.add(Arrays.copyOfRange(bytes, at + HEAD, at + HEAD + length));
        at += HEAD + length;
      }
      return new Oracle(answers, at == bytes.length);
    }
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] mutated(Random random) {
    List<byte[]> frames = new ArrayList<>();
    for (int k = 0; k < 1 + random.nextInt(3); k++) {
      frames.add(request(k, 3 + random.nextInt(200)));
    }
    int chosen = random.nextInt(frames.size());
    byte[] one = frames.get(chosen);
    switch (random.nextInt(9)) {
      case 0 -> frames.set(chosen, Arrays.copyOf(one, random.nextInt(one.length)));
      case 1 -> frames.set(chosen, Arrays.copyOf(one, one.length + 1 + random.nextInt(40)));
      case 2 -> frames.add(one);
      case 3 -> frames.add(0, frames.remove(chosen));
      case 4 -> one[random.nextInt(HEAD)] ^= (byte) (1 << random.nextInt(8));
      case 5 -> one[random.nextInt(one.length)] = (byte) random.nextInt();
      case 6 -> ByteBuffer.wrap(one).putShort(4, (short) random.nextInt());
      case 7 -> ByteBuffer.wrap(one).putInt(16, random.nextInt() >> random.nextInt(31));
      default -> {
        byte[] noise = new byte[random.nextInt(100)];
        random.nextBytes(noise);
        frames.add(chosen, noise);
      }
    }
    return joined(frames);
  }

  @Test
  void serve_mutatedFrames_areAnsweredAsFarAsTheyAreGoodAndLoggedOnce() throws IOException {
    Random random = new Random(7);
    int bad = 0;
    for (int k = 0; k < MUTATIONS; k++) {
      byte[] bytes = mutated(random);
      Oracle oracle = Oracle.of(bytes);
      List<byte[]> answers = answers(sent(bytes), k);
      assertEquals(oracle.answers().size(), answers.size(), "answers of mutation " + k);
      for (int j = 0; j < answers.size(); j++) {
        assertArrayEquals(oracle.answers().get(j), answers.get(j));
      }
      bad += oracle.isWellEnded() ? 0 : 1;
    }
    assertTrue(bad > MUTATIONS / 2 && bad < MUTATIONS, bad + " are bad");
    awaitLines(bad);
    for (String line : log.lines()) {
      assertTrue(line.startsWith("the connection of "), line);
    }
    requireServed();
  }

  /** Reads what an agent sent: answers in their order, then at most one refusal. */
  private static List<byte[]> answers(byte[] bytes, int mutation) {
    List<byte[]> answers = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean isRefused = false;
    while (in.hasRemaining()) {
      assertTrue(!isRefused, "nothing follows a refusal");
      assertEquals(0x53464147, in.getInt());
      assertEquals(1, in.getShort());
      int kind = in.getShort();
      assertEquals(answers.size(), in.getLong());
      byte[] payload = new byte[in.getInt()];
      in.get(payload);
      isRefused = kind == 3;
      if (kind == 2) {
        answers.add(payload);
      } else {
        assertTrue(kind == 1 || kind == 3, "mutation " + mutation + " has kind " + kind);
      }
    }
    return answers;
  }

  private void requireServed() throws IOException {
    try (AgentConnection relay = sides.connect(server, Doors.BRIEF)) {
      byte[] request = {1, 2, 3};
      assertArrayEquals(request, relay.ask(request, Doors.PATIENCE));
    }
  }

  private void awaitLines(int expected) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (log.lines().size() < expected && System.nanoTime() < end) {
      sleep(10);
    }
    sleep(100);
    assertEquals(expected, log.lines().size(), () -> String.join("\n", log.lines()));
  }

  @Test
  void serve_peersThatAreSlowOrDie_costOneLineEach() throws IOException {
    List<SocketChannel> peers = new ArrayList<>();
    byte[] head = Arrays.copyOf(request(0, 100), HEAD);
    for (int k = 0; k < 100; k++) {
      SocketChannel peer = connected();
      peers.add(peer);
      switch (k % 5) {
        // Says nothing at all.
        case 0 -> {}
        // Begins a frame.
        case 1 -> peer.write(ByteBuffer.wrap(head, 0, 1 + k % 19));
        // Sends no payload.
        case 2 -> peer.write(ByteBuffer.wrap(head));
        // Doesn't read what it asked for.
        case 3 -> peer.write(ByteBuffer.wrap(request(0, HUGE)));
        // Dies before its answer.
        default -> {
          peer.write(ByteBuffer.wrap(request(0, SLOW)));
          peer.close();
        }
      }
    }
    requireServed();
    awaitLines(100);
    requireServed();
    for (SocketChannel peer : peers) {
      peer.close();
    }
  }

  @Test
  void serve_peerThatSendsByteAfterByte_isClosedAtTheFramesTime() throws IOException {
    byte[] request = request(0, 200);
    long start = System.nanoTime();
    try (SocketChannel peer = connected()) {
      for (byte one : request) {
        peer.write(ByteBuffer.wrap(new byte[] {one}));
        sleep(20);
      }
    } catch (IOException e) {
      // Closed meanwhile, as it should be.
    }
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 3000);
    awaitLines(1);
  }

  /** Claims much more memory than there is; see the test below. */
  static final class Claims {
    private static final int CLAIMED = 8 << 20;

    private Claims() {}

    /** Runs with little memory. */
    public static void main(String[] args) throws IOException {
      FrameLimits limits =
          new FrameLimits(
              CLAIMED,
              2 * CLAIMED,
              150,
              2,
              Duration.ofSeconds(1),
              Duration.ofSeconds(5),
              Duration.ofMillis(50));
      Doors.Sides sides = Doors.SOCKET.sides(Path.of(System.getProperty("claims.dir")));
      try (AgentServer server = sides.serve((request, peer, progress) -> request, limits)) {
        BadPeersTest test = new BadPeersTest();
        test.server = server;
        List<SocketChannel> peers = new ArrayList<>();
        for (int k = 0; k < 100; k++) {
          SocketChannel peer = test.connected();
          peers.add(peer);
          peer.write(ByteBuffer.wrap(frame(0x53464147, 1, 0, 0, CLAIMED, new byte[1])));
        }
        sleep(4000);
        try (AgentConnection relay = sides.connect(server, limits)) {
          System.out.println(relay.ask(new byte[1 << 20], Doors.PATIENCE).length);
        }
        for (SocketChannel peer : peers) {
          peer.close();
        }
      }
    }
  }

  @Test
  void serve_peersThatClaimMoreMemoryThanThereIs_leaveItToOthers() throws Exception {
    Path other = Files.createDirectory(dir.resolve("claims"));
    String said = ChildJvm.run(Claims.class, "-Xmx48m", "-Dclaims.dir=" + other);
    assertEquals(Integer.toString(1 << 20), said);
  }
}
