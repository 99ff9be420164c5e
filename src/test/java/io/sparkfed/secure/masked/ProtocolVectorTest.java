package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.RosterFile;
import io.sparkfed.wire.WireWriter;
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
 * Whole sessions, byte by byte, as {@code protocol_vector.py} computes them: three workers, and
 * four of whom one drops out after it has committed.
 */
class ProtocolVectorTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void session_ofTheVector_hasItsMessagesAndItsSum(int index) throws IOException {
    JsonNode vector = load().get(index);
    SortedMap<String, Owner> owners = owners(vector);
    byte[] runId = hex(vector, "runId");
    int slot = vector.get("slot").asInt();
    List<Advert> adverts = new ArrayList<>();
    for (String worker : owners.keySet()) {
      Advert advert = Advert.make(owners.get(worker).keys(), worker, runId, slot);
      WireWriter out = new WireWriter();
      advert.write(out);
      assertMessage(vector, worker, "advert", out.toByteArray());
      adverts.add(advert);
    }
    Session session =
        new Session(
            runId,
            hex(vector, "sessionId"),
            vector.get("round").asInt(),
            vector.get("sum").asInt(),
            slot,
            vector.get("minWorkers").asInt(),
            vector.get("threshold").asInt(),
            adverts);
    byte[] model = hex(vector, "modelHash");
    Owner any = owners.get(owners.firstKey());
    assertArrayEquals(hex(vector, "context"), session.context(any.roster(), model));
    DriverSide driver = new DriverSide(any.roster(), session, model);
    SortedMap<String, WorkerSide> sides = new TreeMap<>();
    owners.forEach(
        (worker, owner) -> sides.put(worker, new WorkerSide(owner, worker, session, model)));

    List<byte[]> messages = new ArrayList<>();
    sides.forEach(
        (worker, side) -> {
          byte[] message = side.commit(words(vector, worker)).toBytes();
          assertMessage(vector, worker, "commitment", message);
          messages.add(message);
        });
    SortedMap<String, Commitment> commitments = driver.commitments(messages);
    Pins pins = Pins.of(commitments);

    List<byte[]> masked = new ArrayList<>();
    SortedSet<String> survivors = new TreeSet<>();
    sides.forEach(
        (worker, side) -> {
          if (!vector.get("workers").get(worker).get("masked").isNull()) {
            byte[] message = side.mask(words(vector, worker), pins).toBytes();
            assertMessage(vector, worker, "masked", message);
            masked.add(message);
            survivors.add(worker);
          }
        });

    List<byte[]> reveals = new ArrayList<>();
    for (String worker : survivors) {
      byte[] message =
          sides
              .get(worker)
              .reveal(pins, survivors, driver.inboxes(commitments).get(worker))
              .toBytes();
      assertMessage(vector, worker, "reveal", message);
      reveals.add(message);
    }

    assertArrayEquals(
        words(vector.get("total")),
        driver.unmask(
            driver.maskedVectors(masked, pins), pins, driver.reveals(reveals, pins, survivors)));
  }

  private static SortedMap<String, Owner> owners(JsonNode vector) {
    SortedMap<String, PartyKeys> keys = new TreeMap<>();
    vector
        .get("workers")
        .fieldNames()
        .forEachRemaining(
            worker -> {
              JsonNode own = vector.get("workers").get(worker);
              keys.put(worker, new PartyKeys(hex(own, "identity"), hex(own, "master")));
            });
    List<String> lines = new ArrayList<>();
    keys.forEach((worker, own) -> lines.add(RosterFile.line(worker, own)));
    RosterFile roster = RosterFile.parse(lines);
    SortedMap<String, Owner> owners = new TreeMap<>();
    keys.forEach(
        (worker, own) ->
            owners.put(
                worker, new Owner(own, Policy.PERMISSIVE, (run, sum, opening) -> {}, roster)));
    return owners;
  }

  private static JsonNode load() throws IOException {
    try (InputStream in = ProtocolVectorTest.class.getResourceAsStream("protocol_vector.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static void assertMessage(JsonNode vector, String worker, String what, byte[] actual) {
    assertEquals(
        vector.get("workers").get(worker).get(what).asText(),
        HexFormat.of().formatHex(actual),
        worker + " " + what);
  }

  private static long[] words(JsonNode vector, String worker) {
    return words(vector.get("workers").get(worker).get("vector"));
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
