package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.RosterFile;
import io.sparkfed.secure.keys.ThrowAwayJournal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs, byte by byte, as {@code protocol_vector.py} computes them: three workers and two
 * sums; four of whom one sends no vector; whole numbers of several words; a sparse graph.
 */
class ProtocolVectorTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void run_ofTheVector_hasItsMessagesAndItsSums(int index) throws IOException {
    JsonNode run = load().get(index);
    SortedMap<String, Owner> owners = owners(run);
    byte[] runId = hex(run, "runId");
    List<Card> cards = new ArrayList<>();
    owners.forEach(
        (worker, owner) -> {
          Card card = Card.make(owner.keysOf(runId), worker, runId);
          assertMessage(run.get("workers").get(worker), "card", worker, card.toBytes());
          cards.add(card);
        });

    for (JsonNode sum : run.get("sums")) {
      Session session =
          new Session(
              runId,
              hex(sum, "sessionId"),
              sum.get("round").asInt(),
              run.get("minWorkers").asInt(),
              run.get("degree").asInt(),
              run.get("threshold").asInt(),
              Cards.toBytes(cards));
      checkSum(
          owners, session, sum, new Ring(run.get("singles").asInt(), run.get("width").asInt()));
    }
  }

  private static void checkSum(
      SortedMap<String, Owner> owners, Session session, JsonNode sum, Ring ring) {
    byte[] asked = hex(sum, "asked");
    Roster roster = owners.get(owners.firstKey()).roster();
    assertArrayEquals(
        hex(sum, "context"), session.context(Cards.parse(session.cards()).hash(), roster, asked));
    List<byte[]> masked = new ArrayList<>();
    SortedSet<String> survivors = new TreeSet<>();
    SortedMap<String, WorkerSide> sides = new TreeMap<>();
    owners.forEach(
        (worker, owner) -> {
          JsonNode own = sum.get("workers").get(worker);
          if (!own.get("masked").isNull()) {
            WorkerSide side = new WorkerSide(owner, worker, session, asked);
            byte[] message =
                side.mask(
                    words(own.get("vector")), ring, Rehearsal.hash(sum.get("number").asInt()));
            assertMessage(own, "masked", worker, message);
            masked.add(message);
            survivors.add(worker);
            sides.put(worker, side);
          }
        });

    DriverSide driver = new DriverSide(roster, session, asked);
    SortedMap<String, MaskedVector> vectors = driver.maskedVectors(masked);
    SortedMap<String, byte[]> inboxes = driver.inboxes(vectors);
    List<byte[]> reveals = new ArrayList<>();
    sides.forEach(
        (worker, side) -> {
          JsonNode own = sum.get("workers").get(worker);
          assertMessage(own, "inbox", worker, inboxes.get(worker));
          byte[] message = side.reveal(survivors, Inbox.parse(inboxes.get(worker))).toBytes();
          assertMessage(own, "reveal", worker, message);
          reveals.add(message);
        });

    assertArrayEquals(
        words(sum.get("total")), driver.unmask(vectors, driver.reveals(reveals, survivors), ring));
    assertEquals(List.of(), driver.faults());
  }

  private static SortedMap<String, Owner> owners(JsonNode run) {
    SortedMap<String, PartyKeys> keys = new TreeMap<>();
    run.get("workers")
        .fields()
        .forEachRemaining(
            entry ->
                keys.put(
                    entry.getKey(),
                    new PartyKeys(
                        hex(entry.getValue(), "identity"), hex(entry.getValue(), "master"))));
    List<String> lines = new ArrayList<>();
    keys.forEach((worker, own) -> lines.add(RosterFile.line(worker, own)));
    RosterFile roster = RosterFile.parse(lines);
    SortedMap<String, Owner> owners = new TreeMap<>();
    keys.forEach(
        (worker, own) -> {
          byte[] secret = hex(run.get("workers").get(worker), "journal");
          ThrowAwayJournal journal = new ThrowAwayJournal(secret, Limits.NONE);
          owners.put(worker, new Owner(own, Policy.PERMISSIVE, journal, roster));
        });
    return owners;
  }

  private static JsonNode load() throws IOException {
    try (InputStream in = ProtocolVectorTest.class.getResourceAsStream("protocol_vector.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static void assertMessage(JsonNode own, String what, String worker, byte[] actual) {
    assertEquals(own.get(what).asText(), HexFormat.of().formatHex(actual), worker + " " + what);
  }

  private static long[] words(JsonNode array) {
    long[] words = new long[array.size()];
    for (int j = 0; j < words.length; j++) {
      words[j] = Long.parseUnsignedLong(array.get(j).asText(), 16);
    }
    return words;
  }

  private static byte[] hex(JsonNode node, String key) {
    return HexFormat.of().parseHex(node.get(key).asText());
  }
}
