package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.CollectedRoster;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.Ledger;
import io.sparkfed.secure.protocol.PhaseTask.Traffic;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The masked sum at the driver: runs the phases as visits and opens the sum of the survivors, or
 * nothing. See the package for what it guarantees.
 *
 * <p>A session's random id is fresh for every sum, so a sum that failed can't be combined with a
 * later one. Not thread-safe.
 */
public final class MaskedSum implements RingSum {
  /** Adverts are collected for so many sums at once. */
  private static final int SLOTS = 32;

  /** How often a sum over too few workers is tried. */
  private static final int ATTEMPTS = 2;

  private final KeyRing keys;
  private final Roster pinnedRoster;
  private final int minWorkers;
  private final Ledger ledger;
  private final byte[] runId;
  private final Map<Integer, SortedMap<String, Advert>> adverts = new HashMap<>();
  private final SortedMap<String, byte[]> identities = new TreeMap<>();

  /**
   * Prepares masked sums of a run.
   *
   * @param keys where workers find their keys and everybody the public ones
   * @param minWorkers least number of workers in a sum, at least 2
   * @throws IllegalArgumentException if {@code minWorkers < 2}
   */
  public MaskedSum(KeyRing keys, int minWorkers) {
    this(keys, minWorkers, Ledger.inMemory());
  }

  /**
   * Prepares masked sums of a run that may be resumed.
   *
   * @param keys where workers find their keys and everybody the public ones
   * @param minWorkers least number of workers in a sum, at least 2
   * @param ledger which sums were begun
   * @throws IllegalArgumentException if {@code minWorkers < 2}
   */
  public MaskedSum(KeyRing keys, int minWorkers, Ledger ledger) {
    if (minWorkers < 2) {
      throw new IllegalArgumentException("min-workers must be >= 2. Provided value: " + minWorkers);
    }
    this.keys = keys;
    this.pinnedRoster = keys.roster();
    this.minWorkers = minWorkers;
    this.ledger = ledger;
    this.runId = ledger.runId();
  }

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    Traffic traffic = new Traffic();
    int sum = ledger.nextSum();
    for (int attempt = 1; ; attempt++) {
      try {
        Opened<long[]> opened = open(federation, visit, words, sum, traffic);
        if (opened.dropouts() > 0) {
          adverts.clear();
        }
        return opened;
      } catch (CohortException e) {
        // Nothing was opened, so another session may try. Workers whose keys were lost with their
        // executor advertise new ones.
        adverts.clear();
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (ProtocolException e) {
        throw new AggregationException(
            "secure aggregation refused a message and opened nothing: " + e.getMessage(), e);
      }
    }
  }

  private Roster roster() {
    return pinnedRoster == null ? new CollectedRoster(identities) : pinnedRoster;
  }

  private <S> Opened<long[]> open(
      Federation<S> federation, Visit visit, Words<S> words, int number, Traffic traffic) {
    Session session = session(federation, visit, number, traffic);
    byte[] asked = words.toBytes();
    byte[] askedHash = Kdf.sha256(asked);
    DriverSide driver = new DriverSide(roster(), session, askedHash);
    int least = Math.max(minWorkers, session.threshold());

    SortedMap<String, Commitment> committed =
        driver.commitments(
            traffic.received(
                federation.visit(
                    phase(visit, visit.phase(), visit.description(), session.workers()),
                    MaskedTask.of(
                        keys, new MaskedFrame.Commit(session, identities, asked), words))));
    requireEnough(committed.size(), least);
    Pins pins = Pins.of(committed);

    SortedMap<String, MaskedVector> vectors =
        driver.maskedVectors(
            traffic.received(
                federation.visit(
                    phase(
                        visit,
                        Phase.MASK,
                        visit.description() + ": masked vectors",
                        List.copyOf(committed.keySet())),
                    MaskedTask.of(
                        keys, new MaskedFrame.Mask(session, identities, asked, pins), words))),
            pins);
    requireEnough(vectors.size(), least);
    SortedSet<String> survivors = new TreeSet<>(vectors.keySet());

    MaskedFrame unmask =
        new MaskedFrame.Unmask(
            session,
            identities,
            pins,
            List.copyOf(survivors),
            driver.inboxes(committed),
            askedHash);
    SortedMap<String, Reveal> reveals =
        driver.reveals(
            traffic.received(
                federation.visit(
                    phase(
                        visit,
                        Phase.UNMASK,
                        visit.description() + ": unmasking",
                        List.copyOf(survivors)),
                    MaskedTask.of(keys, unmask))),
            pins,
            survivors);
    long[] sum = driver.unmask(vectors, pins, reveals);
    return FlaggedVector.open(sum, survivors.size(), visit.cohort().size(), traffic.bytes());
  }

  private <S> Session session(Federation<S> federation, Visit visit, int number, Traffic traffic) {
    int slot = ledger.nextSlot();
    ledger.force();
    if (!adverts.containsKey(slot)) {
      adverts.clear();
      collectAdverts(federation, visit, slot, traffic);
    }
    List<Advert> present =
        adverts.get(slot).values().stream()
            .filter(advert -> visit.cohort().contains(advert.worker()) && isGenuine(advert))
            .toList();
    int threshold = Topology.threshold(Math.max(1, present.size()));
    requireEnough(present.size(), Math.max(minWorkers, threshold));
    return new Session(
        runId, Kdf.fresh(), visit.round(), number, slot, minWorkers, threshold, present);
  }

  /** A forged advert would cost its neighbors the round, so its sender is left out instead. */
  private boolean isGenuine(Advert advert) {
    try {
      advert.verify(roster(), runId);
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }

  private <S> void collectAdverts(
      Federation<S> federation, Visit visit, int firstSlot, Traffic traffic) {
    identities.clear();
    for (int slot = firstSlot; slot < firstSlot + SLOTS; slot++) {
      adverts.put(slot, new TreeMap<>());
    }
    List<byte[]> messages =
        traffic.received(
            federation.visit(
                phase(
                    visit,
                    Phase.ADVERTISE,
                    "advertising keys (" + federation.everybody().size() + " workers)",
                    federation.everybody()),
                MaskedTask.of(keys, new MaskedFrame.Adverts(runId, firstSlot, SLOTS))));
    for (byte[] message : messages) {
      WireReader in = new WireReader(message);
      identities.put(in.text(), in.bytes(Signing.KEY_LENGTH));
      if (in.integer() != SLOTS) {
        throw new ProtocolException("adverts must be one for each slot");
      }
      for (int k = 0; k < SLOTS; k++) {
        Advert advert = Advert.read(in);
        if (advert.slot() != firstSlot + k) {
          throw new ProtocolException("adverts must be one for each slot");
        }
        if (adverts.get(advert.slot()).put(advert.worker(), advert) != null) {
          throw new ProtocolException("a worker must send one message in a phase");
        }
      }
      in.end();
    }
  }

  private static Visit phase(Visit visit, Phase phase, String description, List<String> cohort) {
    return new Visit(phase, description, visit.round(), cohort);
  }

  private static void requireEnough(int workers, int least) {
    if (workers < least) {
      throw CohortException.tooFew(workers, least);
    }
  }
}
