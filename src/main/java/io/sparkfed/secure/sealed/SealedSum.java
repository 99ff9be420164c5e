package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.EndOfRun;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.LeftOut;
import io.sparkfed.secure.protocol.PhaseTask.Traffic;
import io.sparkfed.secure.sealed.ShareSum.Outcome;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sealed sum at the driver: relays what workers seal to the aggregators, and adds the
 * aggregators' sums. See the package for what it guarantees. Not thread-safe.
 */
public final class SealedSum implements RingSum {
  /** How often a sum is tried whose aggregator lost its key, or accuses workers. */
  private static final int ATTEMPTS = 3;

  private final KeyRing keys;
  private final Roster pinnedRoster;
  private final List<String> aggregators;
  private final int minWorkers;
  private final byte[] runId;

  /** Known once the run has ended. */
  private SortedMap<String, String> journals = Collections.emptySortedMap();

  private final LeftOut leftOut = new LeftOut();
  private List<AggregatorAdvert> adverts = List.of();

  /**
   * Prepares sealed sums of a run.
   *
   * @param keys where workers and aggregators find their keys
   * @param aggregators their ids: one for a secure worker, several for a committee
   * @param minWorkers least number of workers in a sum, at least 2
   * @throws IllegalArgumentException if {@code minWorkers < 2} or there is no aggregator
   */
  public SealedSum(KeyRing keys, Set<String> aggregators, int minWorkers) {
    this(keys, aggregators, minWorkers, Kdf.fresh());
  }

  /**
   * Prepares sealed sums of a run that may be resumed.
   *
   * @param keys where workers and aggregators find their keys
   * @param aggregators their ids: one for a secure worker, several for a committee
   * @param minWorkers least number of workers in a sum, at least 2
   * @param runId 32 bytes that no other run has; one that is gone on with has the same again
   * @throws IllegalArgumentException if {@code minWorkers < 2} or there is no aggregator
   */
  public SealedSum(KeyRing keys, Set<String> aggregators, int minWorkers, byte[] runId) {
    if (minWorkers < 2) {
      throw new IllegalArgumentException("min-workers must be >= 2. Provided value: " + minWorkers);
    }
    if (aggregators.isEmpty()) {
      throw new IllegalArgumentException("a sealed sum must have an aggregator");
    }
    this.keys = keys;
    this.pinnedRoster = keys.roster();
    this.aggregators = List.copyOf(new TreeSet<>(aggregators));
    this.minWorkers = minWorkers;
    this.runId = runId.clone();
  }

  /**
   * Returns what reads what a worker is asked.
   *
   * @param ofWords reads what is asked for
   */
  public static <S> Form<WorkerTask<S, byte[]>> form(Form<Words<S>> ofWords) {
    return SealingTask.form(ofWords);
  }

  @Override
  public SortedMap<String, Integer> leftOut() {
    return leftOut.times();
  }

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    requireDistinctParties(federation);
    Traffic traffic = new Traffic();
    NavigableSet<String> asked = new TreeSet<>(visit.cohort());
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
          Optional<Opened<long[]>> opened = open(federation, visit, asked, words, traffic);
          if (opened.isPresent()) {
            return opened.get();
          }
          // An aggregator's place is gone, and its key with it. Without its share nothing is
          // opened, so the other aggregators may answer for another set.
          adverts = List.of();
        } catch (AccusedException e) {
          e.workers().forEach(worker -> asked.remove(worker));
        }
      }
    } catch (ProtocolException e) {
      throw new AggregationException(
          "secure aggregation refused a message and opened nothing: " + e.getMessage(), e);
    }
    throw new AggregationException(
        "no sum was opened: not all aggregators answered with the keys they had advertised");
  }

  /** Keys that nobody keeps are gone with their processes. */
  @Override
  public SortedMap<String, String> journals() {
    return journals;
  }

  @Override
  public <S> void end(Federation<S> federation) {
    if (pinnedRoster != null) {
      adverts = List.of();
      journals = EndOfRun.tell(federation, keys, runId, Set.copyOf(aggregators));
    }
  }

  private <S> void requireDistinctParties(Federation<S> federation) {
    for (String aggregator : aggregators) {
      if (federation.everybody().contains(aggregator)) {
        throw new AggregationException(
            Message.of(
                "an aggregator must not be a worker (",
                Hint.AGGREGATORS,
                "). Provided: ",
                aggregator));
      }
    }
  }

  /**
   * Returns nothing if an aggregator can't open what was sealed to its key.
   *
   * @param asked who of the cohort is asked
   */
  private <S> Optional<Opened<long[]>> open(
      Federation<S> federation,
      Visit visit,
      NavigableSet<String> asked,
      Words<S> words,
      Traffic traffic) {
    if (adverts.isEmpty()) {
      adverts = adverts(federation, visit.round(), traffic);
    }
    SealedSession session =
        new SealedSession(
            runId,
            Kdf.fresh(),
            visit.round(),
            visit.atLeast(minWorkers),
            FlaggedVector.ring(words.ring()),
            adverts);
    SealingTask<S> task = SealingTask.of(keys, session, words);
    Visit work =
        new Visit(
            visit.phase(), visit.description(), visit.round(), List.copyOf(asked), visit.least());
    List<byte[]> pinned =
        new SealedCohort(
                pinnedRoster,
                session,
                task.askedHash(),
                Kdf.sha256(words.subject()),
                asked,
                leftOut)
            .genuine(traffic.received(federation.visit(work, task)));
    int workers = pinned.size();
    if (workers < visit.atLeast(minWorkers)) {
      throw CohortException.tooFew(workers, visit.atLeast(minWorkers), traffic.refused());
    }
    List<byte[]> answers =
        traffic.received(
            federation.visitAggregators(
                new Visit(
                    Phase.OPEN,
                    visit.description() + ": opening at " + String.join(", ", aggregators),
                    visit.round(),
                    aggregators),
                new OpeningTask(keys, new SealedFrame.Open(session, pinned))));
    return added(session, asked, pinned, answers)
        .map(sum -> FlaggedVector.open(sum, workers, visit.cohort().size(), traffic.bytes()));
  }

  private <S> List<AggregatorAdvert> adverts(Federation<S> federation, int round, Traffic traffic) {
    SortedMap<String, AggregatorAdvert> byName = new TreeMap<>();
    for (byte[] message :
        traffic.received(
            federation.visitAggregators(
                new Visit(Phase.ADVERTISE, "advertising aggregators' keys", round, aggregators),
                new OpeningTask(keys, new SealedFrame.Advert(runId))))) {
      AggregatorAdvert advert = AggregatorAdvert.parse(message);
      advert.verify(pinnedRoster, runId);
      byName.put(advert.aggregator(), advert);
    }
    for (String aggregator : aggregators) {
      if (!byName.containsKey(aggregator)) {
        throw new AggregationException(
            Message.of(
                "aggregator ", aggregator, " has no keys where it runs (", Hint.KEYS_FOLDER, ")"));
      }
    }
    return new ArrayList<>(byName.values());
  }

  private Optional<long[]> added(
      SealedSession session,
      NavigableSet<String> asked,
      List<byte[]> pinned,
      List<byte[]> answers) {
    byte[] setHash = SealedSession.setHash(pinned);
    byte[] opening = session.openingOf(setHash);
    SortedMap<String, ShareSum> byName = new TreeMap<>();
    for (byte[] answer : answers) {
      ShareSum sum = ShareSum.parse(answer);
      byName.put(sum.aggregator(), sum);
    }
    long[] total = null;
    for (AggregatorAdvert advert : session.aggregators()) {
      ShareSum sum = byName.get(advert.aggregator());
      if (sum == null || sum.outcome() == Outcome.NO_KEY) {
        return Optional.empty();
      }
      if (sum.outcome() == Outcome.REFUSED) {
        List<String> accused =
            sum.accused().stream().filter(worker -> asked.contains(worker)).toList();
        accused.forEach(
            worker ->
                leftOut.add(
                    "worker "
                        + worker
                        + ": a message must open at aggregator "
                        + advert.aggregator()));
        if (!accused.isEmpty()) {
          throw new AccusedException(accused, "all messages must open at the aggregators");
        }
        throw new ProtocolException(
            "aggregator "
                + advert.aggregator()
                + " refused; its own log says why"
                + OwnersRule.said(sum.rule().stream().toList()));
      }
      sum.verify(advert, opening, setHash);
      if (total == null) {
        total = sum.words();
        continue;
      }
      if (total.length != sum.words().length) {
        throw new ProtocolException("share sums must have one length");
      }
      session.ring().add(total, sum.words());
    }
    return Optional.of(total);
  }
}
