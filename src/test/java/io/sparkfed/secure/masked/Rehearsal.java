package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.testing.Asked;
import java.util.Arrays;
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
  private SortedMap<String, Commitment> commitments;
  private Pins pins;

  /** A session of workers that hold these vectors. */
  Rehearsal(SortedMap<String, long[]> held, int minWorkers, long seed) {
    Random random = new Random(seed);
    this.held = held;
    this.keys = new ThrowAwayKeys(bytes(random));
    this.runId = bytes(random);
    List<Advert> adverts = adverts(0);
    this.session =
        new Session(
            runId, bytes(random), 1, 1, 0, minWorkers, Topology.threshold(held.size()), adverts);
    this.driver = new DriverSide(keys.roster(), session, modelHash());
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

  List<Advert> adverts(int slot) {
    return held.keySet().stream()
        .map(worker -> Advert.make(keys.open(worker).keys(), worker, runId, slot))
        .toList();
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

  WorkerSide side(String worker) {
    return side(worker, session);
  }

  WorkerSide side(String worker, Session other) {
    return new WorkerSide(owner(worker), worker, other, modelHash());
  }

  WorkerSide side(String worker, Policy policy) {
    Owner owner = owner(worker);
    return new WorkerSide(
        new Owner(owner.keys(), policy, owner.journal(), owner.roster()),
        worker,
        session,
        modelHash());
  }

  byte[] commitTask(String worker) {
    return MaskedTask.of(
            keys, new MaskedFrame.Commit(session, new TreeMap<>(), SEND.toBytes()), SEND)
        .run(worker, held.get(worker));
  }

  byte[] maskTask(String worker) {
    return MaskedTask.of(
            keys, new MaskedFrame.Mask(session, new TreeMap<>(), SEND.toBytes(), pins), SEND)
        .run(worker, held.get(worker));
  }

  byte[] revealTask(String worker, SortedSet<String> survivors) {
    MaskedFrame frame =
        new MaskedFrame.Unmask(
            session,
            new TreeMap<>(),
            pins,
            List.copyOf(survivors),
            driver.inboxes(commitments),
            modelHash());
    return MaskedTask.<long[]>of(keys, frame).run(worker, held.get(worker));
  }

  List<byte[]> commit(Collection<String> workers) {
    return workers.stream().map(this::commitTask).toList();
  }

  /** Ends phase B. */
  Pins pin(List<byte[]> messages) {
    commitments = driver.commitments(messages);
    pins = Pins.of(commitments);
    return pins;
  }

  byte[] modelHash() {
    return Kdf.sha256(SEND.toBytes());
  }

  Pins pins() {
    return pins;
  }

  SortedMap<String, byte[]> inbox(String worker) {
    return driver.inboxes(commitments).get(worker);
  }

  List<byte[]> mask(Collection<String> workers) {
    return workers.stream().map(this::maskTask).toList();
  }

  List<byte[]> reveal(Collection<String> workers, SortedSet<String> survivors) {
    return workers.stream().map(worker -> revealTask(worker, survivors)).toList();
  }

  /** Runs the driver's side of phases C and D. */
  long[] open(List<byte[]> masked, List<byte[]> reveals) {
    SortedMap<String, MaskedVector> vectors = driver.maskedVectors(masked, pins);
    SortedSet<String> survivors = new TreeSet<>(vectors.keySet());
    return driver.unmask(vectors, pins, driver.reveals(reveals, pins, survivors));
  }

  /** Returns the sum of these workers' vectors with its flags. */
  long[] sumOf(Collection<String> workers) {
    long[] sum = new long[held.get(held.firstKey()).length + 2];
    for (String worker : workers) {
      long[] vector = held.get(worker);
      for (int j = 0; j < vector.length; j++) {
        sum[j] += vector[j];
      }
    }
    sum[sum.length - 1] = workers.size();
    return sum;
  }

  /** Returns a vector with its flags, as a worker commits to it. */
  static long[] flagged(long[] payload) {
    long[] vector = Arrays.copyOf(payload, payload.length + 2);
    vector[payload.length + 1] = 1;
    return vector;
  }

  static byte[] hash(int number) {
    return Kdf.sha256(new byte[] {(byte) number});
  }
}
