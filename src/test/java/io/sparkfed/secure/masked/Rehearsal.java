package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.testing.Asked;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** One session taken apart: its phases can be run for any workers, in any order, again. */
final class Rehearsal {
  static final Words<long[]> SEND = Asked.words((worker, held) -> held);

  final ThrowAwayKeys keys;
  final byte[] runId;
  final Session session;
  final DriverSide driver;
  final SortedMap<String, long[]> held;
  private SortedMap<String, MaskedVector> vectors;

  /** A session of workers that hold these vectors, and remember none before. */
  Rehearsal(SortedMap<String, long[]> held, int minWorkers, long seed) {
    Random random = new Random(seed);
    this.held = held;
    this.keys = new ThrowAwayKeys(bytes(random));
    keys.forgetAll();
    this.runId = bytes(random);
    Graph graph = Graph.of(held.size(), 2, MaskingAssumptions.DEFAULT);
    this.session =
        new Session(
            runId,
            bytes(random),
            1,
            minWorkers,
            graph.degree(),
            graph.threshold(),
            Cards.toBytes(cards()));
    this.driver = new DriverSide(keys.roster(), session, askedHash());
  }

  /** A session of workers w00, w01, ... with random vectors. */
  static Rehearsal of(int workers, int words, long seed) {
    return new Rehearsal(vectors(workers, words, seed), 2, seed);
  }

  static SortedMap<String, long[]> vectors(int workers, int words, long seed) {
    Random random = new Random(seed);
    SortedMap<String, long[]> held = new TreeMap<>();
    IntStream.range(0, workers)
        .forEach(i -> held.put(String.format("w%02d", i), random.longs(words).toArray()));
    return held;
  }

  static byte[] bytes(Random random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return bytes;
  }

  List<Card> cards() {
    return held.keySet().stream().map(this::card).toList();
  }

  Card card(String worker) {
    return Card.make(owner(worker).keysOf(runId), worker, runId);
  }

  SortedSet<String> all() {
    return new TreeSet<>(held.keySet());
  }

  SortedSet<String> allBut(String... workers) {
    SortedSet<String> rest = all();
    rest.removeAll(List.of(workers));
    return rest;
  }

  Owner owner(String worker) {
    return keys.open(worker);
  }

  /** Makes all workers forget what they opened, so that a session can be ended in another way. */
  void forgetAnswers() {
    keys.forgetAnswers();
  }

  WorkerSide side(String worker) {
    return side(worker, session);
  }

  WorkerSide side(String worker, Session other) {
    return new WorkerSide(owner(worker), worker, other, askedHash());
  }

  WorkerSide side(String worker, Policy policy) {
    Owner owner = owner(worker);
    return new WorkerSide(
        new Owner(owner.keys(), policy, owner.journal(), owner.roster()),
        worker,
        session,
        askedHash());
  }

  /** Returns the same session with parts of it changed, as a driver that lies would. */
  Session with(byte[] id, int minWorkers, int degree, int threshold, List<Card> cards) {
    return new Session(
        session.runId(), id, session.round(), minWorkers, degree, threshold, Cards.toBytes(cards));
  }

  byte[] maskTask(String worker) {
    return MaskedTask.of(keys, new MaskedFrame.Mask(session, SEND.toBytes()), SEND)
        .run(worker, held.get(worker));
  }

  byte[] revealTask(String worker, SortedSet<String> survivors) {
    MaskedFrame frame =
        new MaskedFrame.Unmask(
            session, askedHash(), List.copyOf(survivors), driver.inboxes(vectors));
    return MaskedTask.<long[]>of(keys, frame).run(worker, held.get(worker));
  }

  List<byte[]> mask(Collection<String> workers) {
    return workers.stream().map(this::maskTask).toList();
  }

  /** Ends the first phase. */
  SortedMap<String, MaskedVector> receive(List<byte[]> messages) {
    vectors = driver.maskedVectors(messages);
    return vectors;
  }

  byte[] askedHash() {
    return Kdf.sha256(SEND.toBytes());
  }

  byte[] context() {
    return session.context(Cards.parse(session.cards()).hash(), keys.roster(), askedHash());
  }

  SortedMap<String, Inbox.Sealed> inbox(String worker) {
    return Inbox.parse(driver.inboxes(vectors).get(worker));
  }

  List<byte[]> reveal(Collection<String> workers, SortedSet<String> survivors) {
    return workers.stream().map(worker -> revealTask(worker, survivors)).toList();
  }

  /** Runs the driver's side of the second phase. */
  long[] open(List<byte[]> reveals) {
    return driver.unmask(
        vectors, driver.reveals(reveals, new TreeSet<>(vectors.keySet())), Ring.OF_WORDS);
  }

  /** Returns the sum of these workers' vectors with its flags. */
  long[] sumOf(Collection<String> workers) {
    long[] sum = new long[held.get(held.firstKey()).length + 2];
    for (String worker : workers) {
      long[] vector = held.get(worker);
      for (int j = 0; j < vector.length; j++) {
        sum[j + 2] += vector[j];
      }
    }
    sum[1] = workers.size();
    return sum;
  }

  /** Returns a vector with its flags, as a worker masks it. */
  static long[] flagged(long[] payload) {
    long[] vector = new long[payload.length + 2];
    System.arraycopy(payload, 0, vector, 2, payload.length);
    vector[1] = 1;
    return vector;
  }

  static byte[] hash(int number) {
    return Kdf.sha256(new byte[] {(byte) number});
  }
}
