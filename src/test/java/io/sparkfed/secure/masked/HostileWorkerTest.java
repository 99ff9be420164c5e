package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Ring;
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
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message that breaks a rule costs its sender the sum, is named, and never gives a wrong sum. */
class HostileWorkerTest {
  private final Rehearsal own = Rehearsal.of(5, 2, 1L);
  private final SortedSet<String> rest = own.allBut("w00");
  private List<byte[]> masked;

  @BeforeEach
  void runHonestly() {
    masked = own.mask(own.all());
  }

  private void leftOut(String fault, byte[] first) {
    List<byte[]> changed = new ArrayList<>(masked);
    changed.set(0, first);
    own.driver.faults().clear();
    assertEquals(rest, own.receive(changed).keySet());
    assertEquals(1, own.driver.faults().size());
    if (!fault.isEmpty()) {
      assertEquals(fault, own.driver.faults().get(0));
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  @Test
  void vector_cutLongerOrChangedAnywhere_isLeftOut() {
    byte[] message = masked.get(0);
    for (int at = 0; at < message.length; at++) {
      leftOut("", flipped(message, at));
      if (at > 0) {
        leftOut("", Arrays.copyOf(message, at));
      }
    }
    leftOut(
        "an unknown sender: a message must not have trailing bytes",
        Arrays.copyOf(message, message.length + 1));
  }

  @Test
  void vector_ofAnotherSessionWorkerOrSigner_isLeftOut() {
    Rehearsal other = new Rehearsal(own.held, 2, 2L);
    leftOut("worker w00: a signature must be its sender's", other.maskTask("w00"));
    Rehearsal wider = Rehearsal.of(6, 2, 1L);
    leftOut(
        "an unknown sender: a masked vector must be of a worker of the cohort",
        wider.maskTask("w05"));
    MaskedVector genuine = MaskedVector.parse(masked.get(0));
    leftOut(
        "worker w00: a signature must be its sender's",
        MaskedVector.make(
            own.owner("w01").keys(),
            own.keys.roster(),
            "w00",
            own.context(),
            genuine.commitment(),
            genuine.pledges(),
            genuine.shareHash("w00"),
            new long[4]));
  }

  @Test
  void vector_sharesForOthersThanTheNeighboursOrAnotherLength_isLeftOut() {
    MaskedVector genuine = MaskedVector.parse(masked.get(0));
    SortedMap<String, MaskedVector.Pledge> fewer = new TreeMap<>(genuine.pledges());
    fewer.remove("w03");
    SortedMap<String, MaskedVector.Pledge> more = new TreeMap<>(genuine.pledges());
    more.put("w00", genuine.pledges().get("w01"));
    for (SortedMap<String, MaskedVector.Pledge> pledges : List.of(fewer, more)) {
      leftOut(
          "worker w00: shares must be sealed to exactly the sender's neighbors",
          made(genuine, pledges, new long[4]));
    }
    leftOut(
        "worker w00: masked vectors must have one length",
        made(genuine, new TreeMap<>(genuine.pledges()), new long[5]));
  }

  private byte[] made(
      MaskedVector genuine, SortedMap<String, MaskedVector.Pledge> pledges, long[] words) {
    return MaskedVector.make(
        own.owner("w00").keysOf(own.runId),
        own.keys.roster(),
        "w00",
        own.context(),
        genuine.commitment(),
        pledges,
        genuine.shareHash("w00"),
        words);
  }

  @Test
  void vector_twoOfOneWorker_areLeftOut() {
    List<byte[]> twice = new ArrayList<>(masked);
    twice.add(masked.get(0));

    assertEquals(rest, own.receive(twice).keySet());
    assertEquals(
        List.of("worker w00: a worker must send one message in a phase"), own.driver.faults());
  }

  @Test
  void parse_entriesUnsortedTwiceOrOfImpossibleNumber_areRefused() {
    for (List<String> names : List.of(List.of("b", "a"), List.of("a", "a"))) {
      WireWriter reveal = new WireWriter().text("w00").integer(2);
      WireWriter vector =
          new WireWriter().text("w00").bytes(new byte[32]).bytes(new byte[32]).integer(2);
      for (String name : names) {
        reveal.text(name).bytes(new byte[40]);
        vector.text(name).bytes(new byte[56]).bytes(new byte[32]).bytes(new byte[32]);
      }
      String rule = "entries must be sorted and none may come twice";
      assertRule(rule, () -> Reveal.parse(reveal.integer(0).toByteArray()));
      byte[] body = vector.longs(new long[1]).toByteArray();
      byte[] message = new WireWriter().bytes(body).bytes(new byte[0]).toByteArray();
      assertRule(rule, () -> MaskedVector.parse(message));
    }
    for (int count : new int[] {Integer.MAX_VALUE, 5, -1}) {
      byte[] reveal = new WireWriter().text("w00").integer(count).toByteArray();
      assertThrows(ProtocolException.class, () -> Reveal.parse(reveal));
      byte[] inbox = new WireWriter().integer(count).toByteArray();
      assertThrows(ProtocolException.class, () -> Inbox.parse(inbox));
      byte[] cards = new WireWriter().integer(count).toByteArray();
      assertThrows(ProtocolException.class, () -> Cards.parse(cards));
    }
  }

  private static void assertRule(String rule, Runnable action) {
    assertEquals(rule, assertThrows(ProtocolException.class, action::run).getMessage());
  }

  /**
   * A share that isn't the promised one is not used, and others are; both that it may be are named.
   */
  @Test
  void reveal_wrongShare_isNamedAndTheSumIsRight() {
    own.receive(masked);
    List<byte[]> reveals = new ArrayList<>(own.reveal(own.all(), own.all()));
    Reveal genuine = Reveal.parse(reveals.get(1));
    SortedMap<String, byte[]> shares = new TreeMap<>(genuine.shares());
    shares.put("w03", flipped(shares.get("w03"), 39));
    shares.remove("w02");
    reveals.set(1, new Reveal("w01", shares, genuine.seeds()).toBytes());

    assertArrayEquals(own.sumOf(own.all()), own.open(reveals));
    assertEquals(
        List.of("workers w03 and w01: a share must be the one that was promised"),
        own.driver.faults());
  }

  @Test
  void reveal_wrongSeed_opensNothingAndIsNamed() {
    Rehearsal session = Rehearsal.of(5, 2, 3L);
    session.receive(session.mask(session.allBut("w04")));
    List<byte[]> reveals =
        new ArrayList<>(session.reveal(session.allBut("w04"), session.allBut("w04")));
    Reveal genuine = Reveal.parse(reveals.get(0));
    SortedMap<String, byte[]> seeds = new TreeMap<>(genuine.seeds());
    seeds.put("w04", flipped(seeds.get("w04"), 3));
    reveals.set(0, new Reveal("w00", genuine.shares(), seeds).toBytes());

    assertThrows(UnopenedException.class, () -> session.open(reveals));
    assertEquals(
        List.of("worker w00: a seed must be the one that was promised"), session.driver.faults());
  }

  /** Shares that don't open where they arrive cost their sender's neighbors nothing. */
  @Test
  void mask_sharesThatDontOpen_areLeftOutWhereTheyArrive() {
    MaskedVector genuine = MaskedVector.parse(masked.get(0));
    SortedMap<String, MaskedVector.Pledge> pledges = new TreeMap<>(genuine.pledges());
    MaskedVector.Pledge toOne = pledges.get("w01");
    pledges.put("w01", new MaskedVector.Pledge(new byte[56], toOne.shareHash(), toOne.seedHash()));
    long[] words = new long[4];
    genuine.addTo(words, Ring.OF_WORDS);
    List<byte[]> changed = new ArrayList<>(masked);
    changed.set(0, made(genuine, pledges, words));
    own.receive(changed);

    List<byte[]> reveals = own.reveal(own.all(), own.all());

    assertFalse(Reveal.parse(reveals.get(1)).shares().containsKey("w00"));
    assertTrue(Reveal.parse(reveals.get(2)).shares().containsKey("w00"));
    assertArrayEquals(own.sumOf(own.all()), own.open(reveals));
  }

  /** Bytes at random in place of any one message: the exact sum of some, or a typed failure. */
  @Test
  void aggregate_oneWorkerSendsGarbage_opensTheSumOfTheOthers() {
    Random random = new Random(4L);
    for (Phase garbled : Phase.values()) {
      for (int trial = 0; trial < 10; trial++) {
        byte[] garbage = new byte[random.nextInt(300)];
        random.nextBytes(garbage);
        Line line =
            new Line() {
              @Override
              public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
                return phase == garbled && worker.equals("w02") ? garbage : call.run(frame);
              }
            };
        Opened<long[]> opened =
            new MaskedSum(ThrowAwayKeys.random(), 2)
                .sum(
                    new PhaseFederation(own.held, line),
                    new Visit("sum", 1, List.copyOf(own.held.keySet())),
                    Rehearsal.SEND);

        Set<String> in = new TreeSet<>(garbled == Phase.REVEAL ? own.all() : own.allBut("w02"));
        long[] expected = own.sumOf(in);
        assertArrayEquals(Arrays.copyOfRange(expected, 2, expected.length), opened.value());
        assertEquals(in.size(), opened.workers());
      }
    }
  }
}
