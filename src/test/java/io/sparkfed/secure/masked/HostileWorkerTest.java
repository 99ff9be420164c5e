package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver refuses messages that break a rule, with a typed error, and opens nothing. */
class HostileWorkerTest {
  private final Rehearsal own = Rehearsal.of(4, 2, 1L);
  private final Rehearsal other = new Rehearsal(own.held, 2, 2L);
  private List<byte[]> committed;
  private List<byte[]> masked;
  private List<byte[]> reveals;

  @BeforeEach
  void runHonestly() {
    committed = own.commit(own.all());
    own.pin(committed);
    masked = own.mask(own.all());
    reveals = own.reveal(own.all(), own.all());
    other.pin(other.commit(other.all()));
    assertArrayEquals(own.sumOf(own.all()), own.open(masked, reveals));
  }

  private void refusedInEachPhase(String rule, List<List<byte[]>> messages) {
    assertRule(rule, () -> own.driver.commitments(messages.get(0)));
    assertRule(rule, () -> own.driver.maskedVectors(messages.get(1), own.pins()));
    assertRule(rule, () -> own.driver.reveals(messages.get(2), own.pins(), own.all()));
  }

  private static void assertRule(String rule, Runnable action) {
    ProtocolException refused = assertThrows(ProtocolException.class, action::run);
    if (!rule.isEmpty()) {
      assertEquals(rule, refused.getMessage());
    }
  }

  private List<List<byte[]>> withFirst(byte[] b, byte[] c, byte[] d) {
    return List.of(with(committed, 0, b), with(masked, 0, c), with(reveals, 0, d));
  }

  private static List<byte[]> with(List<byte[]> messages, int at, byte[] message) {
    List<byte[]> changed = new ArrayList<>(messages);
    changed.set(at, message);
    return changed;
  }

  @Test
  void driver_workerTwice_isRefused() {
    refusedInEachPhase(
        "a worker must send one message in a phase",
        withFirst(committed.get(1), masked.get(1), reveals.get(1)));
  }

  @Test
  void driver_truncatedOrLongerMessage_isRefused() {
    for (List<byte[]> phase : List.of(committed, masked, reveals)) {
      byte[] message = phase.get(0);
      for (int length = 1; length < message.length; length++) {
        byte[] cut = Arrays.copyOf(message, length);
        refusedInEachPhase("", withFirst(cut, cut, cut));
      }
      byte[] longer = Arrays.copyOf(message, message.length + 1);
      refusedInEachPhase("", withFirst(longer, longer, longer));
    }
  }

  /** Every byte is covered by the form or the signature. */
  @Test
  void driver_anyByteChanged_isRefused() {
    for (int i = 0; i < committed.get(0).length; i++) {
      byte[] changed = flipped(committed.get(0), i);
      assertRule("", () -> own.driver.commitments(with(committed, 0, changed)));
    }
    for (int i = 0; i < masked.get(0).length; i++) {
      byte[] changed = flipped(masked.get(0), i);
      assertRule("", () -> own.driver.maskedVectors(with(masked, 0, changed), own.pins()));
    }
    for (int i = 0; i < reveals.get(0).length; i++) {
      byte[] changed = flipped(reveals.get(0), i);
      assertRule("", () -> own.driver.reveals(with(reveals, 0, changed), own.pins(), own.all()));
    }
  }

  @Test
  void driver_messagesOfAnotherSession_areRefused() {
    refusedInEachPhase(
        "a signature must be its sender's",
        List.of(
            other.commit(other.all()),
            other.mask(other.all()),
            other.reveal(other.all(), other.all())));
  }

  @Test
  void driver_revealForOtherSurvivors_isRefused() {
    assertRule(
        "a signature must be its sender's",
        () ->
            own.driver.reveals(
                own.reveal(own.allBut("w03"), own.allBut("w03")), own.pins(), own.all()));
  }

  @Test
  void driver_foreignWorker_isRefused() {
    Rehearsal wider = Rehearsal.of(5, 2, 1L);
    wider.pin(wider.commit(wider.all()));
    refusedInEachPhase(
        "",
        withFirst(
            wider.commitTask("w04"), wider.maskTask("w04"), wider.revealTask("w04", wider.all())));
    assertRule(
        "a masked vector must be of a worker that committed",
        () -> own.driver.maskedVectors(with(masked, 0, wider.maskTask("w04")), own.pins()));
    Reveal ofNoSurvivor =
        Reveal.make(
            own.owner("w03").keys(),
            "w03",
            WorkerSide.sumHash(own.session, own.pins(), own.allBut("w03")),
            new TreeMap<>());
    assertRule(
        "a share must be revealed by a survivor",
        () -> own.driver.reveals(List.of(ofNoSurvivor.toBytes()), own.pins(), own.allBut("w03")));
  }

  /** One worker in another's name. */
  @Test
  void driver_signedByAnotherWorker_isRefused() {
    Commitment genuine = Commitment.parse(committed.get(0));
    Commitment forged =
        Commitment.make(
            own.owner("w01").keys(),
            "w00",
            own.session.id(),
            genuine.commitment(),
            genuine.sealedShares());
    MaskedVector vector =
        MaskedVector.make(
            own.owner("w01").keys(), "w00", own.session.id(), own.pins().hash(), new long[4]);
    Reveal reveal =
        Reveal.make(
            own.owner("w01").keys(),
            "w00",
            WorkerSide.sumHash(own.session, own.pins(), own.all()),
            Reveal.parse(reveals.get(0)).shares());

    refusedInEachPhase(
        "a signature must be its sender's",
        withFirst(forged.toBytes(), vector.toBytes(), reveal.toBytes()));
  }

  @Test
  void commitments_sharesForOthersThanTheNeighbours_areRefused() {
    Commitment genuine = Commitment.parse(committed.get(0));
    SortedMap<String, byte[]> fewer = new TreeMap<>(genuine.sealedShares());
    fewer.remove("w03");
    SortedMap<String, byte[]> more = new TreeMap<>(genuine.sealedShares());
    more.put("w00", new byte[0]);
    for (SortedMap<String, byte[]> shares : List.of(fewer, more, new TreeMap<String, byte[]>())) {
      Commitment message =
          Commitment.make(
              own.owner("w00").keys(), "w00", own.session.id(), genuine.commitment(), shares);
      assertRule(
          "shares must be sealed to exactly the sender's neighbors",
          () -> own.driver.commitments(with(committed, 0, message.toBytes())));
    }
  }

  @Test
  void parse_entriesUnsortedOrTwice_areRefused() {
    for (List<String> names : List.of(List.of("b", "a"), List.of("a", "a"))) {
      WireWriter commitment = new WireWriter().text("w00").bytes(new byte[32]).integer(2);
      WireWriter reveal = new WireWriter().text("w00").integer(2);
      for (String name : names) {
        commitment.text(name).bytes(new byte[3]);
        reveal.text(name).bytes(new byte[40]);
      }
      String rule = "entries must be sorted and none may come twice";
      assertRule(rule, () -> Commitment.parse(commitment.bytes(new byte[64]).toByteArray()));
      assertRule(rule, () -> Reveal.parse(reveal.bytes(new byte[64]).toByteArray()));
    }
  }

  @Test
  void parse_sharesOfAnotherShape_areRefused() {
    for (int length : new int[] {0, 39, 41}) {
      byte[] reveal =
          new WireWriter()
              .text("w00")
              .integer(1)
              .text("a")
              .bytes(new byte[length])
              .bytes(new byte[64])
              .toByteArray();
      assertRule("a field must have 40 bytes", () -> Reveal.parse(reveal));
    }
  }

  /** Large counts must not make large collections, nor negative ones pass for none. */
  @Test
  void parse_impossibleCounts_areRefused() {
    for (int count : new int[] {Integer.MAX_VALUE, 5, -1}) {
      byte[] reveal = new WireWriter().text("w00").integer(count).toByteArray();
      byte[] commitment =
          new WireWriter().text("w00").bytes(new byte[32]).integer(count).toByteArray();
      byte[] vector =
          new WireWriter()
              .text("w00")
              .bytes(new byte[64])
              .integer(count)
              .integer(count)
              .toByteArray();
      assertThrows(ProtocolException.class, () -> Reveal.parse(reveal));
      assertThrows(ProtocolException.class, () -> Commitment.parse(commitment));
      assertThrows(ProtocolException.class, () -> MaskedVector.parse(vector));
    }
  }

  /** A negative count must not be a second form of none. */
  @Test
  void reveals_negativeCount_isRefused() {
    WireWriter body = new WireWriter().text("w00").integer(-1);
    byte[] signature =
        Reveal.make(
                own.owner("w00").keys(),
                "w00",
                WorkerSide.sumHash(own.session, own.pins(), own.all()),
                new TreeMap<>())
            .signature();
    byte[] message = body.bytes(signature).toByteArray();

    assertRule(
        "a count must not be negative",
        () -> own.driver.reveals(with(reveals, 0, message), own.pins(), own.all()));
  }

  /** A corrupted share, signed by its holder, gives a wrong secret: never a wrong sum. */
  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"COMMIT", "REVEAL"})
  void aggregate_corruptedShares_openNothing(Phase dropout) {
    ThrowAwayKeys keys = new ThrowAwayKeys(Rehearsal.hash(3));
    Line line =
        new Line() {
          @Override
          public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
            if (dropout == Phase.COMMIT && phase == Phase.MASK && worker.equals("w03")) {
              return null;
            }
            byte[] message = (byte[]) call.run(frame);
            if (phase != Phase.REVEAL || !worker.equals("w00")) {
              return message;
            }
            MaskedFrame.Unmask unmask = (MaskedFrame.Unmask) frame;
            SortedMap<String, byte[]> shares = new TreeMap<>(Reveal.parse(message).shares());
            String target = dropout == Phase.COMMIT ? "w03" : "w01";
            shares.put(target, flipped(shares.get(target), 39));
            return Reveal.make(
                    keys.open(worker).keys(),
                    worker,
                    WorkerSide.sumHash(
                        unmask.session(), unmask.pins(), new TreeSet<>(unmask.survivors())),
                    shares)
                .toBytes();
          }
        };

    assertThrows(
        AggregationException.class,
        () ->
            new MaskedSum(keys, 2)
                .sum(
                    new PhaseFederation(own.held, line),
                    new Visit("sum", 1, List.copyOf(own.held.keySet())),
                    Rehearsal.SEND));
  }

  @Test
  void aggregate_garbageInAnyPhase_isATypedFailure() {
    for (Phase garbled : Phase.values()) {
      Line line =
          new Line() {
            @Override
            public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
              return phase == garbled && worker.equals("w02")
                  ? new byte[] {1, 2, 3, 4, 5, 6, 7}
                  : call.run(frame);
            }
          };
      AggregationException refused =
          assertThrows(
              AggregationException.class,
              () ->
                  new MaskedSum(ThrowAwayKeys.random(), 2)
                      .sum(
                          new PhaseFederation(own.held, line),
                          new Visit("sum", 1, List.copyOf(own.held.keySet())),
                          Rehearsal.SEND));
      assertEquals(AggregationException.class, refused.getClass());
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }
}
