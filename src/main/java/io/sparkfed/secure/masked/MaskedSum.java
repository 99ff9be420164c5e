package io.sparkfed.secure.masked;

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
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.EndOfRun;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.LeftOut;
import io.sparkfed.secure.protocol.PhaseTask.Traffic;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The masked sum at the driver: runs the phases as visits and opens the sum of the survivors, or
 * nothing. See the package for what it guarantees.
 *
 * <p>A session's random id is fresh for every attempt, so one that failed can't be combined with a
 * later one. Not thread-safe.
 */
public final class MaskedSum implements RingSum {
  private static final System.Logger LOG = System.getLogger(MaskedSum.class.getName());

  /** How often a sum is tried that could not be opened. */
  private static final int ATTEMPTS = 3;

  private final KeyRing keys;
  private final Roster roster;
  private final int minWorkers;
  private final MaskingAssumptions assumed;
  private final byte[] runId;

  /** Known once the run has ended. */
  private SortedMap<String, String> journals = Collections.emptySortedMap();

  private final LeftOut leftOut = new LeftOut();
  private SortedMap<String, Card> cards = new TreeMap<>();

  /**
   * Prepares masked sums of a run of their own, on what is assumed by default.
   *
   * @param keys where workers find their keys and everybody the public ones
   * @param minWorkers least number of workers in a sum, at least 2
   * @throws IllegalArgumentException if {@code minWorkers < 2}
   */
  public MaskedSum(KeyRing keys, int minWorkers) {
    this(keys, minWorkers, MaskingAssumptions.DEFAULT, Kdf.fresh());
  }

  /**
   * Prepares masked sums of a run.
   *
   * @param keys where workers find their keys and everybody the public ones
   * @param minWorkers least number of workers in a sum, at least 2
   * @param assumed what the graph of masks is made for
   * @param runId 32 bytes that no other run has; one that is gone on with has the same again
   * @throws IllegalArgumentException if {@code minWorkers < 2}
   */
  public MaskedSum(KeyRing keys, int minWorkers, MaskingAssumptions assumed, byte[] runId) {
    if (minWorkers < 2) {
      throw new IllegalArgumentException("min-workers must be >= 2. Provided value: " + minWorkers);
    }
    this.keys = keys;
    this.roster = keys.roster();
    this.minWorkers = minWorkers;
    this.assumed = assumed;
    this.runId = runId.clone();
  }

  /**
   * Returns what reads a phase that asks for a vector, at a worker.
   *
   * @param ofWords reads what is asked for
   */
  public static <S> Form<WorkerTask<S, byte[]>> form(Form<Words<S>> ofWords) {
    return MaskedTask.form(ofWords);
  }

  /** Returns what reads a phase without a vector, at a worker. */
  public static <S> Form<WorkerTask<S, byte[]>> formOfPhases() {
    return MaskedTask.form(null);
  }

  @Override
  public SortedMap<String, Integer> leftOut() {
    return leftOut.times();
  }

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    Traffic traffic = new Traffic();
    List<String> cohort = visit.cohort();
    List<String> invited = cohort;
    boolean lostBefore = false;
    for (int attempt = 1; ; attempt++) {
      boolean areFresh = cards.isEmpty();
      try {
        Opened<long[]> opened =
            new Attempt<>(federation, visit, words, traffic).open(cohort, invited);
        if (opened.dropouts() > 0) {
          cards = new TreeMap<>();
        }
        return opened;
      } catch (CohortException e) {
        // Nothing was opened, so another session may try. Workers whose keys were lost with their
        // executor send new cards; who was missing although cards were new, stays away.
        cards = new TreeMap<>();
        if (areFresh || attempt == ATTEMPTS || e.isRefused()) {
          throw e;
        }
      } catch (LostException e) {
        cards = new TreeMap<>();
        // First over the same vectors: lost workers may be back, and no two sums make a third. To
        // owners that remember, the parties must be the same, too.
        boolean withoutLost = lostBefore && e.answered.size() >= minWorkers;
        invited = withoutLost ? e.answered : e.survivors;
        cohort = withoutLost || roster == null ? invited : cohort;
        lostBefore = true;
        boolean isRefused = !traffic.refused().isEmpty();
        if (attempt == ATTEMPTS || (isRefused && e.answered.size() < minWorkers)) {
          requireEnough(e.answered.size(), minWorkers, traffic);
          throw new AggregationException(
              "no sum was opened in "
                  + ATTEMPTS
                  + " attempts: "
                  + e.getMessage()
                  + OwnersRule.said(traffic.refused()),
              e);
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: no sum was opened ({1}); once more over {2} workers",
            visit.description(),
            e.getMessage(),
            invited.size());
      } catch (ProtocolException e) {
        throw new AggregationException(
            "secure aggregation refused a message and opened nothing: " + e.getMessage(), e);
      }
    }
  }

  /** Keys that nobody keeps are gone with their processes. */
  @Override
  public SortedMap<String, String> journals() {
    return journals;
  }

  @Override
  public <S> void end(Federation<S> federation) {
    if (roster != null) {
      cards = new TreeMap<>();
      journals = EndOfRun.tell(federation, keys, runId, Set.of());
    }
  }

  /** Tells whose vectors were in a sum that could not be opened, and who answered for it. */
  private static final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> survivors;
    private final transient List<String> answered;

    LostException(UnopenedException cause, Set<String> survivors, Set<String> answered) {
      super(cause.getMessage(), cause);
      this.survivors = List.copyOf(survivors);
      this.answered = List.copyOf(answered);
    }
  }

  /** One session. */
  private final class Attempt<S> {
    private final Federation<S> federation;
    private final Visit visit;
    private final Words<S> words;
    private final Traffic traffic;

    Attempt(Federation<S> federation, Visit visit, Words<S> words, Traffic traffic) {
      this.federation = federation;
      this.visit = visit;
      this.words = words;
      this.traffic = traffic;
    }

    /**
     * @param cohort who is in U0
     * @param wanted whose vectors are asked for
     */
    Opened<long[]> open(List<String> cohort, List<String> wanted) {
      Session session = session(cohort);
      byte[] asked = words.toBytes();
      byte[] askedHash = Kdf.sha256(asked);
      DriverSide driver = new DriverSide(roster, session, askedHash);
      List<String> invited = new ArrayList<>(Cards.parse(session.cards()).workers());
      invited.retainAll(wanted);

      SortedMap<String, MaskedVector> vectors =
          driver.maskedVectors(
              visited(
                  visit.phase(),
                  visit.description(),
                  invited,
                  MaskedTask.of(keys, new MaskedFrame.Mask(session, asked), words)));
      report(driver);
      requireEnough(vectors.size(), session.least(), traffic);
      SortedSet<String> survivors = new TreeSet<>(vectors.keySet());

      SortedMap<String, Reveal> reveals =
          driver.reveals(
              visited(
                  Phase.UNMASK,
                  visit.description() + ": unmasking",
                  List.copyOf(survivors),
                  MaskedTask.of(
                      keys,
                      new MaskedFrame.Unmask(
                          session, askedHash, List.copyOf(survivors), driver.inboxes(vectors)))),
              survivors);
      try {
        long[] sum = driver.unmask(vectors, reveals, FlaggedVector.ring(words.ring()));
        return FlaggedVector.open(sum, survivors.size(), visit.cohort().size(), traffic.bytes());
      } catch (UnopenedException e) {
        throw new LostException(e, survivors, reveals.keySet());
      } finally {
        report(driver);
      }
    }

    private Session session(List<String> cohort) {
      if (cards.isEmpty()) {
        collectCards();
      }
      List<Card> present =
          cohort.stream()
              .filter(worker -> cards.containsKey(worker))
              .map(worker -> cards.get(worker))
              .toList();
      int smallest = roster == null ? 2 : minWorkers;
      Graph graph = Graph.of(Math.max(1, present.size()), smallest, assumed);
      int least = visit.atLeast(minWorkers);
      requireEnough(present.size(), Math.max(least, graph.threshold()), traffic);
      return new Session(
          runId,
          Kdf.fresh(),
          visit.round(),
          least,
          graph.degree(),
          graph.threshold(),
          Cards.toBytes(present));
    }

    /** A forged card would cost the others the sum, so its sender is left out instead. */
    private void collectCards() {
      List<String> everybody = federation.everybody();
      for (byte[] message :
          visited(
              Phase.ADVERTISE,
              "collecting cards (" + everybody.size() + " workers)",
              everybody,
              MaskedTask.of(keys, new MaskedFrame.CardsWanted(runId)))) {
        String sender = LeftOut.UNKNOWN;
        try {
          Card card = Card.parse(message);
          sender = LeftOut.sender(card.worker(), everybody);
          card.verify(roster, runId);
          cards.put(card.worker(), card);
        } catch (ProtocolException e) {
          leftOut.add(sender + ": " + e.getMessage());
        }
      }
    }

    private List<byte[]> visited(
        Phase phase, String description, List<String> cohort, MaskedTask<S> task) {
      return traffic.received(
          federation.visit(new Visit(phase, description, visit.round(), cohort), task));
    }

    private void report(DriverSide driver) {
      driver.faults().forEach(leftOut::add);
      driver.faults().clear();
    }
  }

  private static void requireEnough(int workers, int least, Traffic traffic) {
    if (workers < least) {
      throw CohortException.tooFew(workers, least, traffic.refused());
    }
  }
}
