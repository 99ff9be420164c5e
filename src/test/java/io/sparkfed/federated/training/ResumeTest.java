package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.Answer;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.Charge;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.RowSets;
import io.sparkfed.secure.keys.Sent;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.masked.MaskingAssumptions;
import io.sparkfed.server.AdaptiveServer;
import io.sparkfed.server.AdaptiveServer.Adagrad;
import io.sparkfed.server.AdaptiveServer.Adam;
import io.sparkfed.server.AdaptiveServer.SecondMoment;
import io.sparkfed.server.AdaptiveServer.Yogi;
import io.sparkfed.server.ExactGradientDescent;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.server.ServerMomentum;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training that is stopped anywhere and goes on from its last state has the same bits. */
class ResumeTest {
  /** Owners refuse here on purpose; a field, as loggers are held weakly. */
  private static final Logger OF_REFUSALS =
      Logger.getLogger("io.sparkfed.secure.protocol.PhaseTask");

  static {
    OF_REFUSALS.setLevel(Level.OFF);
  }

  private static final Table LOGISTIC = Table.random(11L, 120, 4, Family.LOGISTIC);
  private static final Map<String, Table> WORKERS = PlanBuilder.deal(LOGISTIC);

  /** What fills a round. */
  enum Algorithm {
    SGD,
    SGD_STANDARDIZED,
    AVERAGE_WITH_TOLERANCE,
    PROXIMAL,
    SAMPLED,
    MOMENTUM,
    ADAGRAD,
    ADAM,
    YOGI_WITH_TOLERANCE,
    NEWTON,
    NEWTON_RIDGE,
    LBFGS,
    LBFGS_WARM_START,
    LBFGS_PRECONDITIONED,
    OWL_QN,
    LBFGS_TOO_FEW_ROUNDS,
    LBFGS_THEN_NEWTON,
    POISSON_LBFGS_THEN_NEWTON,
    NORMAL_EQUATIONS,
    GRADIENT_DESCENT;

    PlanBuilder plan() {
      PlanBuilder plan =
          new PlanBuilder()
              .family(Family.LOGISTIC)
              .features(4)
              .rounds(60)
              .sum(new InsecurePlainSum(2));
      return switch (this) {
        case SGD -> plan.rounds(6).solver(new MinibatchSgd(2, 8, 0.05));
        case SGD_STANDARDIZED ->
            plan.rounds(4).standardize(Standardize.FEDERATED).solver(new MinibatchSgd(1, 16, 0.1));
        case AVERAGE_WITH_TOLERANCE ->
            plan.rounds(50).tolerance(1e-3).solver(new LocalNewton(1, 1e-9));
        case PROXIMAL -> plan.rounds(4).solver(new MinibatchSgd(2, 8, 0.05)).proximalMu(0.5);
        case SAMPLED ->
            plan.rounds(5).solver(new MinibatchSgd(1, 8, 0.05)).cohort(new Cohort.Count(2));
        case MOMENTUM ->
            plan.rounds(5)
                .solver(new MinibatchSgd(1, 8, 0.05))
                .server(new ServerMomentum(1.0, 0.9));
        case ADAGRAD -> adaptive(plan, new Adagrad());
        case ADAM -> adaptive(plan, new Adam(0.99));
        case YOGI_WITH_TOLERANCE -> adaptive(plan, new Yogi(0.9)).rounds(20).tolerance(1e-2);
        case LBFGS_WARM_START ->
            plan.warmStart(new LocalLbfgs(5, 1e-3, 5)).optimizer(new Lbfgs(3, 1e-9));
        case LBFGS_PRECONDITIONED -> plan.preconditioned().optimizer(new Lbfgs(3, 1e-9));
        case NEWTON -> plan.optimizer(new Newton(1e-12));
        case NEWTON_RIDGE -> plan.l2(0.3).optimizer(new Newton(1e-12));
        case LBFGS -> plan.optimizer(new Lbfgs(3, 1e-9));
        case OWL_QN -> plan.optimizer(new Lbfgs(3, 1e-9), 0.02);
        case LBFGS_TOO_FEW_ROUNDS -> plan.rounds(5).optimizer(new Lbfgs(10, 1e-12));
        case LBFGS_THEN_NEWTON ->
            plan.preconditioned().optimizers(new Lbfgs(3, 1e-12), 3, new Newton(1e-12));
        case POISSON_LBFGS_THEN_NEWTON ->
            plan.family(Family.POISSON).optimizers(new Lbfgs(3, 1e-12), 3, new Newton(1e-12));
        case NORMAL_EQUATIONS -> plan.rounds(1).optimizer(new NormalEquations());
        case GRADIENT_DESCENT ->
            plan.rounds(12).optimizer(new ExactGradientDescent(0.5, 1e-12, 1000.0));
      };
    }

    private static PlanBuilder adaptive(PlanBuilder plan, SecondMoment secondMoment) {
      return plan.rounds(5)
          .solver(new MinibatchSgd(1, 8, 0.05))
          .server(new AdaptiveServer(0.1, 0.9, 1e-3, secondMoment));
    }
  }

  /** The driver's death. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Counts visits, and kills the driver at one of them, before or after the workers answered. */
  private static final class Mortal implements Federation<Shard> {
    private final Federation<Shard> workers;
    private final int last;
    private final boolean afterAnswers;
    private final Set<Integer> roundsWithoutB;
    private int visits;

    Mortal(int last, boolean afterAnswers) {
      this(WORKERS, last, afterAnswers);
    }

    Mortal(int last, boolean afterAnswers, Set<Integer> roundsWithoutB) {
      this(WORKERS, last, afterAnswers, roundsWithoutB);
    }

    Mortal(Map<String, Table> tables, int last, boolean afterAnswers) {
      this(tables, last, afterAnswers, Set.of());
    }

    Mortal(Map<String, Table> tables, int last, boolean afterAnswers, Set<Integer> roundsWithoutB) {
      this.roundsWithoutB = roundsWithoutB;
      this.workers = PlanBuilder.federation(tables);
      this.last = last;
      this.afterAnswers = afterAnswers;
    }

    @Override
    public List<String> workers() {
      return workers.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
      visits++;
      if (visits == last && !afterAnswers) {
        throw new Killed();
      }
      List<M> answers = new ArrayList<>(workers.visit(visit, task));
      if (roundsWithoutB.contains(visit.round())) {
        answers.remove(visit.cohort().indexOf("b"));
      }
      if (visits == last) {
        throw new Killed();
      }
      return answers;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      throw new UnsupportedOperationException();
    }
  }

  /** All that is left of a run whose driver died. */
  private static final class Disk {
    private TrainingState state;
    private int visits;
    private final byte[] runId = Kdf.fresh();
  }

  /** One life of the driver: from the disk to the end, or to its death. */
  private static TrainingResult live(
      PlanBuilder plan, Mortal federation, Disk disk, List<RoundSummary> heard) {
    FederatedTrainer trainer =
        new FederatedTrainer(
            federation,
            plan.build(),
            heard::add,
            reached -> {
              disk.state = reached;
              disk.visits = federation.visits;
            });
    return disk.state == null ? trainer.train() : trainer.resume(disk.state);
  }

  private static void assertSame(TrainingResult expected, TrainingResult actual) {
    assertArrayEquals(bits(expected), bits(actual));
    assertEquals(withoutTimes(expected.rounds()), withoutTimes(actual.rounds()));
    assertEquals(expected.notes(), actual.notes());
    assertEquals(expected.divergence(), actual.divergence());
    assertEquals(expected.oneClassWorkers(), actual.oneClassWorkers());
    assertEquals(expected.statistics().toString(), actual.statistics().toString());
  }

  private static long[] bits(TrainingResult result) {
    return Arrays.stream(result.model().values()).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  /** Keys are advertised anew after a resumption, so bytes may differ as times do. */
  private static List<RoundSummary> withoutTimes(List<RoundSummary> rounds) {
    return rounds.stream()
        .map(
            r ->
                new RoundSummary(
                    r.round(),
                    r.workers(),
                    r.dropouts(),
                    r.loss(),
                    r.trainMetrics(),
                    r.testMetrics(),
                    0.0,
                    r.measured().with(Measurement.BYTES, 0L)))
        .toList();
  }

  /** Killed at the k-th visit of its first life, for every k; then it lives to the end. */
  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void resume_killedAtAnyVisit_endsWithTheSameBits(Algorithm algorithm) {
    Mortal undisturbed = new Mortal(0, false);
    TrainingResult expected = live(algorithm.plan(), undisturbed, new Disk(), new ArrayList<>());
    assertTrue(undisturbed.visits > 1);

    for (int visit = 1; visit <= undisturbed.visits; visit++) {
      for (boolean afterAnswers : new boolean[] {false, true}) {
        Disk disk = new Disk();
        List<RoundSummary> heard = new ArrayList<>();
        Mortal first = new Mortal(visit, afterAnswers);
        assertThrows(Killed.class, () -> live(algorithm.plan(), first, disk, heard));
        int reported = disk.state == null ? 0 : disk.state.rounds().size();
        int made = disk.visits;
        Mortal second = new Mortal(0, false);

        TrainingResult actual =
            live(algorithm.plan(), second, disk, new ArrayList<>(heard.subList(0, reported)));

        assertSame(expected, actual);
        assertEquals(undisturbed.visits - made, second.visits, "only what was in flight is lost");
      }
    }
  }

  /** Of rounds without somebody, a state has what they are divided by and whether all are back. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"SGD", "SGD_STANDARDIZED", "AVERAGE_WITH_TOLERANCE", "ADAM"})
  void resume_killedAtAnyVisitOfRoundsWithoutSomebody_endsWithTheSameBits(Algorithm algorithm) {
    for (Set<Integer> without : List.of(Set.of(1), Set.of(2), Set.of(2, 3), Set.of(1, 3, 4))) {
      Mortal undisturbed = new Mortal(0, false, without);
      TrainingResult expected = live(algorithm.plan(), undisturbed, new Disk(), new ArrayList<>());
      for (int visit = 1; visit <= undisturbed.visits; visit++) {
        Disk disk = new Disk();
        List<RoundSummary> heard = new ArrayList<>();
        Mortal first = new Mortal(visit, true, without);
        assertThrows(Killed.class, () -> live(algorithm.plan(), first, disk, heard));

        assertSame(expected, live(algorithm.plan(), new Mortal(0, false, without), disk, heard));
      }
    }
  }

  /** Killed at every visit in turn: each life makes one step. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"SGD", "NEWTON", "LBFGS", "OWL_QN", "LBFGS_THEN_NEWTON"})
  void resume_killedAfterEveryRound_endsWithTheSameBitsAndTellsEachRoundOnce(Algorithm algorithm) {
    TrainingResult expected = algorithm.plan().train(WORKERS);
    Disk disk = new Disk();
    List<RoundSummary> heard = new ArrayList<>();
    TrainingResult actual = null;
    int lives = 0;
    while (actual == null) {
      lives++;
      assertTrue(lives < 200, "no progress");
      int round = disk.state == null ? 0 : disk.state.round();
      FederatedTrainer trainer =
          new FederatedTrainer(
              PlanBuilder.federation(WORKERS),
              algorithm.plan().build(),
              heard::add,
              reached -> {
                assertEquals(round + 1, reached.round());
                disk.state = reached;
                throw new Killed();
              });
      try {
        actual = disk.state == null ? trainer.train() : trainer.resume(disk.state);
      } catch (Killed e) {
        assertEquals(disk.state.rounds(), heard);
      }
    }

    assertSame(expected, actual);
    assertEquals(withoutTimes(expected.rounds()), withoutTimes(heard));
    assertEquals(expected.lastRound().round() + 1, lives);
  }

  /** Owners whose journals outlive the driver, with what they opened. */
  private static final class Journals implements KeyRing {
    private static final long serialVersionUID = 1L;
    private static final KeyRing KEYS = new EphemeralKeys();
    private static final TreeSet<String> OPENED = new TreeSet<>();

    @Override
    public Owner open(String worker) {
      Owner owner = KEYS.open(worker);
      Journal journal = new Listening(owner.journal(), worker);
      return new Owner(owner.keys(), owner.policy(), journal, owner.roster());
    }

    @Override
    public Roster roster() {
      return null;
    }
  }

  /** Notes what is answered. */
  private record Listening(Journal journal, String worker) implements Journal {
    @Override
    public byte[] secretOf(byte[] runId) {
      return journal.secretOf(runId);
    }

    @Override
    public void send(byte[] session, Sent sent) {
      journal.send(session, sent);
    }

    @Override
    public Optional<Sent> sent(byte[] session) {
      return journal.sent(session);
    }

    @Override
    public void answer(byte[] session, Answer answer) {
      journal.answer(session, answer);
      Journals.OPENED.add(worker + " " + HexFormat.of().formatHex(answer.runId()));
    }

    @Override
    public void ask(byte[] subject, byte[] grid, String told) {
      journal.ask(subject, grid, told);
    }

    @Override
    public void use(RowSets rows, int leastDifference) {
      journal.use(rows, leastDifference);
    }

    @Override
    public void charge(Charge charge, Budget budget) {
      journal.charge(charge, budget);
    }

    @Override
    public void accept(byte[] study, LocalDate until) {
      journal.accept(study, until);
    }

    @Override
    public boolean isAccepted(byte[] study, LocalDate today) {
      return journal.isAccepted(study, today);
    }

    @Override
    public Optional<byte[]> end(byte[] runId) {
      return journal.end(runId);
    }
  }

  private static MaskedSum masked(byte[] runId) {
    return new MaskedSum(new Journals(), 2, MaskingAssumptions.DEFAULT, runId);
  }

  /** Under masks: the same bits as the plain sum, one run for the owners, no sum opened twice. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"SGD", "NEWTON", "LBFGS"})
  void resume_maskedAndKilledAtAnyPhase_endsWithTheBitsOfThePlainSum(Algorithm algorithm) {
    TrainingResult expected = algorithm.plan().train(WORKERS);
    Mortal undisturbed = new Mortal(0, false);
    live(
        algorithm.plan().sum(new MaskedSum(new Journals(), 2)),
        undisturbed,
        new Disk(),
        new ArrayList<>());
    int stride = algorithm == Algorithm.LBFGS ? 5 : 1;

    for (int visit = 1; visit <= undisturbed.visits; visit += stride) {
      Journals.OPENED.clear();
      Disk disk = new Disk();
      Mortal first = new Mortal(visit, true);
      assertThrows(
          Killed.class,
          () -> live(algorithm.plan().sum(masked(disk.runId)), first, disk, new ArrayList<>()));

      TrainingResult actual =
          live(
              algorithm.plan().sum(masked(disk.runId)),
              new Mortal(0, false),
              disk,
              new ArrayList<>());

      assertSame(expected, actual);
      String run = HexFormat.of().formatHex(disk.runId);
      assertTrue(Journals.OPENED.stream().allMatch(entry -> entry.contains(run)));
    }
  }

  /** A run's id means nothing to owners: the same questions have the same answers. */
  @Test
  void resume_underAnotherId_endsWithTheSameBits() {
    TrainingResult expected = Algorithm.SGD.plan().train(WORKERS);
    Disk disk = new Disk();
    Mortal first = new Mortal(7, true);
    assertThrows(
        Killed.class,
        () -> live(Algorithm.SGD.plan().sum(masked(disk.runId)), first, disk, new ArrayList<>()));

    TrainingResult actual =
        live(
            Algorithm.SGD.plan().sum(masked(Kdf.fresh())),
            new Mortal(0, false),
            disk,
            new ArrayList<>());

    assertSame(expected, actual);
  }

  /** A range that was chosen in round 1 holds in round 3; another would be another grid. */
  @Test
  void state_ofAnAverage_holdsTheRangeOfItsSum() {
    Disk disk = new Disk();
    live(Algorithm.SGD.plan(), new Mortal(0, false), disk, new ArrayList<>());

    // Two exponents and the number of workers, then grids and sizes of the exact parts.
    assertTrue(disk.state.work().range().length > 3);
    assertEquals(3, disk.state.work().range()[2]);
  }

  @Test
  void resume_rowsThatHaveChanged_areRefused() {
    Disk disk = new Disk();
    assertThrows(
        Killed.class,
        () -> live(Algorithm.NEWTON.plan(), new Mortal(7, false), disk, new ArrayList<>()));
    Map<String, Table> fewer =
        Map.of(
            "a", WORKERS.get("a").slice(0, 59),
            "b", WORKERS.get("b"),
            "c", WORKERS.get("c"));

    String message =
        assertThrows(
                DataException.class,
                () ->
                    live(
                        Algorithm.NEWTON.plan(),
                        new Mortal(fewer, 0, false),
                        disk,
                        new ArrayList<>()))
            .getMessage();
    assertTrue(message.contains("rows is 119, was 120"), message);
  }

  @Test
  void resume_stateOfAnotherPlan_isRefused() {
    Disk disk = new Disk();
    live(Algorithm.SGD.plan(), new Mortal(0, false), disk, new ArrayList<>());

    assertThrows(
        IllegalArgumentException.class,
        () -> live(Algorithm.NEWTON.plan(), new Mortal(0, false), disk, new ArrayList<>()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            live(Algorithm.SGD.plan().features(3), new Mortal(0, false), disk, new ArrayList<>()));
    for (Algorithm other : List.of(Algorithm.ADAM, Algorithm.MOMENTUM)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> live(other.plan(), new Mortal(0, false), disk, new ArrayList<>()));
    }
  }
}
