package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.HiddenWorkers;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.Weighting;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.AdaptiveServer;
import io.sparkfed.server.AdaptiveServer.Adagrad;
import io.sparkfed.server.AdaptiveServer.Adam;
import io.sparkfed.server.AdaptiveServer.Yogi;
import io.sparkfed.server.ServerMomentum;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import io.sparkfed.server.ServerState;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Averaging with noise beside averaging without, and what it says of itself. */
class NoisedAverageTest {
  private static final int ROUNDS = 6;
  private static final int WORKERS = 12;
  private static final double STEP = 0.3;

  /** So large that noise is far below what is compared. */
  private static final HiddenWorkers EXACT = new HiddenWorkers(1e10, 1e-6, 2.0, 0.0, false, 12);

  private static final HiddenWorkers USUAL = new HiddenWorkers(3.0, 1e-4, 0.1, 0.0, false, 8);

  private static Map<String, Table> tables(Family family) {
    return PlanBuilder.deal(Table.random(3, 15 * WORKERS + 7, 3, family), WORKERS);
  }

  private static PlanBuilder builder(Family family) {
    return new PlanBuilder().family(family).features(3).rounds(ROUNDS).weighting(Weighting.EQUAL);
  }

  private static PlanBuilder hiding(HiddenWorkers hidden, Family family, int seed) {
    ModelShape shape = new ModelShape(3, true, family.loss(3, 1.35).outputs());
    return builder(family).sums(new RealNoise(seed)).privacy(hidden.plan(family, shape));
  }

  private static double[] values(TrainingResult result) {
    return result.model().values();
  }

  static List<ServerOptimizer> servers() {
    return List.of(
        new ServerSgd(1.0),
        new ServerMomentum(0.5, 0.9),
        new AdaptiveServer(0.1, 0.0, 1e-2, new Adagrad()),
        new AdaptiveServer(0.1, 0.9, 1e-2, new Adam(0.99)),
        new AdaptiveServer(0.1, 0.9, 1e-2, new Yogi(0.99)));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void train_noiseAndBoundAreNothing_isAveragingOfEqualWeights(ServerOptimizer server) {
    for (Family family : List.of(Family.LOGISTIC, Family.LINEAR, Family.SOFTMAX)) {
      Federation<Shard> federation = PlanBuilder.federation(tables(family));
      MinibatchSgd solver = new MinibatchSgd(2, 4, 0.05);

      double[] exact = values(builder(family).server(server).solver(solver).train(federation));
      double[] noised =
          values(hiding(EXACT, family, 1).server(server).solver(solver).train(federation));

      assertArrayEquals(exact, noised, 1e-4);
      assertTrue(Arrays.stream(exact).map(Math::abs).max().orElseThrow() > 0.05);
    }
  }

  /** A local step of logistic loss along the mean gradient, written out. */
  private static double[] update(Table rows, double[] model) {
    double[] update = new double[model.length];
    for (int i = 0; i < rows.rows(); i++) {
      double score = model[3];
      for (int j = 0; j < 3; j++) {
        score += model[j] * rows.x()[i][j];
      }
      double slope = STEP * (1.0 / (1.0 + Math.exp(-score)) - rows.y()[i]) / rows.rows();
      for (int j = 0; j < 3; j++) {
        update[j] += slope * rows.x()[i][j];
      }
      update[3] += slope;
    }
    return update;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void train_updatesAreLongerThanTheBound_isAveragingOfShorterOnes(ServerOptimizer server) {
    double norm = 0.05;
    Map<String, Table> tables = new TreeMap<>(tables(Family.LOGISTIC));
    double[] model = new double[4];
    ServerState state = server.begin(4);
    int longer = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double[] mean = new double[4];
      for (Table rows : tables.values()) {
        double[] update = update(rows, model);
        double length = Math.sqrt(Arrays.stream(update).map(u -> u * u).sum());
        longer += length > norm ? 1 : 0;
        for (int j = 0; j < 4; j++) {
          mean[j] += update[j] * Math.min(1.0, norm / length) / WORKERS;
        }
      }
      ServerOptimizer.Step step = server.step(state, model, mean);
      model = step.model();
      state = step.state();
    }

    TrainingResult result =
        hiding(EXACT.within(norm), Family.LOGISTIC, 1)
            .server(server)
            .solver(new GradientDescent(1, STEP))
            .train(tables);

    assertArrayEquals(model, values(result), 1e-5);
    assertTrue(longer > ROUNDS * WORKERS / 4, longer + " were longer");
  }

  /** Of rho the closed form is looked for that epsilon and delta stand for. */
  @Test
  void train_account_isThatOfGaussianReleasesOfUpdates() {
    TrainingResult result = hiding(USUAL, Family.LOGISTIC, 1).train(tables(Family.LOGISTIC));

    PrivacyAccount account = result.privacy().orElseThrow();
    assertEquals(HiddenUnit.WORKER, account.unit());
    assertEquals(1, account.releases().size());
    Released updates = account.releases().get(0);
    assertEquals("update", updates.purpose());
    assertEquals(RowPart.TRAIN, updates.rows());
    assertEquals(ROUNDS, updates.sums());
    assertEquals(4, updates.length());
    assertEquals(USUAL.norm(), updates.sensitivity(), 1e-9);
    // The noise is that of 12 workers, of whom 8 are enough.
    double relied = updates.sigma() * Math.sqrt(8.0 / WORKERS);
    double rho = ROUNDS * USUAL.norm() * USUAL.norm() / (2.0 * relied * relied);
    assertEquals(rho, account.rho(), 1e-6 * rho);
    assertEquals(rho, updates.rho(), 1e-6 * rho);
    assertEquals(USUAL.delta(), delta(rho, USUAL.epsilon()), 1e-4 * USUAL.delta());
    assertEquals(3.0, account.epsilon());
    assertEquals(8, account.honestWorkers());
    double mu = Math.sqrt(2.0 * rho);
    assertEquals(2.0 * phi(mu / 2.0) - 1.0, account.advantage(), 1e-6);
    double exact = account.exactEpsilon();
    assertTrue(exact > 0.8 * 3.0 && exact < 3.0, account.toString());
    double there = phi(mu / 2.0 - exact / mu) - Math.exp(exact) * phi(-mu / 2.0 - exact / mu);
    assertEquals(USUAL.delta(), there, 1e-6 * USUAL.delta());
  }

  /** Proposition 12 of Canonne, Kamath and Steinke 2020, over a fine grid of orders. */
  private static double delta(double rho, double epsilon) {
    double least = 1.0;
    for (double alpha = 1.001; alpha < 200.0; alpha += 0.001) {
      double log =
          (alpha - 1.0) * (alpha * rho - epsilon)
              + (alpha - 1.0) * Math.log1p(-1.0 / alpha)
              - Math.log(alpha);
      least = Math.min(least, Math.exp(log));
    }
    return least;
  }

  private static double phi(double z) {
    return Erf.erfc(-z / Math.sqrt(2.0)) / 2.0;
  }

  @Test
  void train_noise_isAsLongAsTheAccountSays() {
    TrainingPlan far = hiding(USUAL, Family.LOGISTIC, 1).rounds(1).build();
    double squares = 0.0;
    int seeds = 200;
    Federation<Shard> federation = PlanBuilder.federation(tables(Family.LOGISTIC));
    HiddenWorkers silent = new HiddenWorkers(1e8, 1e-6, USUAL.norm(), 0.0, false, 12);
    double[] exact = values(hiding(silent, Family.LOGISTIC, 1).rounds(1).train(federation));
    for (int seed = 0; seed < seeds; seed++) {
      double[] noised = values(hiding(USUAL, Family.LOGISTIC, seed).rounds(1).train(federation));
      for (int j = 0; j < 4; j++) {
        squares += (noised[j] - exact[j]) * (noised[j] - exact[j]);
      }
    }
    double sigma =
        new FederatedTrainer(federation, far, round -> {})
            .train()
            .privacy()
            .orElseThrow()
            .releases()
            .get(0)
            .sigma();

    double found = Math.sqrt(squares / (4.0 * seeds)) * WORKERS;
    // Of 800 numbers: a relative deviation of .025.
    assertEquals(1.0, found / sigma, 0.1);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void resume_afterAnyRound_endsWithTheSameBits(ServerOptimizer server) {
    Federation<Shard> federation = PlanBuilder.federation(tables(Family.LOGISTIC));
    TrainingPlan plan = hiding(USUAL, Family.LOGISTIC, 5).server(server).build();
    List<TrainingState> states = new ArrayList<>();
    TrainingResult whole = new FederatedTrainer(federation, plan, round -> {}, states::add).train();
    assertEquals(ROUNDS, states.size());

    for (TrainingState state : states) {
      // The sums of another process have other sessions, but noise that follows from a seed.
      TrainingPlan again = hiding(USUAL, Family.LOGISTIC, 5).server(server).build();
      TrainingResult resumed = new FederatedTrainer(federation, again, round -> {}).resume(state);

      assertArrayEquals(values(whole), values(resumed));
      PrivacyAccount told = resumed.privacy().orElseThrow();
      PrivacyAccount asked = whole.privacy().orElseThrow();
      // The round that may have been under way is paid for, and told.
      boolean isOver = state.round() == ROUNDS;
      double more = isOver ? 0.0 : asked.releases().get(0).rho() / ROUNDS;
      assertEquals(asked.rho() + more, told.rho(), 1e-9 * told.rho());
      assertEquals(isOver, told.epsilon() == asked.epsilon());
      assertEquals(ROUNDS, resumed.rounds().size());
      assertTrue(resumed.rounds().stream().allMatch(round -> round.workers() == WORKERS));
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void resume_stateOfSomethingElse_isRefused(ServerOptimizer server) {
    Federation<Shard> federation = PlanBuilder.federation(tables(Family.LOGISTIC));
    TrainingPlan plan = hiding(USUAL, Family.LOGISTIC, 5).server(server).build();
    TrainingState own = first(federation, plan);
    double[][] rows = Table.random(3, 90, 3, Family.LOGISTIC).x();
    for (double[] row : rows) {
      row[2] = row[2] > 0 ? 1 : 0;
    }
    NoisedStudy study = NoisedStudy.ofNumbers(rows, 3);
    Work ofRows = first(study.federation(), study.plan(1.0, 0.0, 1)).work();
    ServerOptimizer another =
        server instanceof ServerSgd ? new ServerMomentum(1.0, 0.5) : new ServerSgd(1.0);
    Work ofServer =
        first(federation, hiding(USUAL, Family.LOGISTIC, 5).server(another).build()).work();
    Work ofAverage = first(federation, builder(Family.LOGISTIC).server(server).build()).work();
    Map<String, double[]> shorter = new TreeMap<>(own.work().values());
    shorter.put("model", new double[3]);
    for (Work work :
        List.of(
            ofRows,
            ofServer,
            ofAverage,
            new Work(own.work().at(), shorter, own.work().range()),
            new Work("noised", own.work().values(), own.work().range()),
            new Work(own.work().at(), own.work().values(), new int[0]))) {
      TrainingState other =
          new TrainingState(
              1,
              own.model(),
              own.best(),
              own.ending(),
              own.moments(),
              own.rounds(),
              own.unreported(),
              work);
      FederatedTrainer trainer = new FederatedTrainer(federation, plan, round -> {});
      assertThrows(IllegalArgumentException.class, () -> trainer.resume(other), work.toString());
    }
  }

  private static TrainingState first(Federation<Shard> federation, TrainingPlan plan) {
    List<TrainingState> states = new ArrayList<>();
    new FederatedTrainer(federation, plan, round -> {}, states::add).train();
    return states.get(0);
  }

  /** A worker whose numbers lead nowhere, or who has none, sends as much and as often. */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LOGISTIC", "LINEAR", "SOFTMAX"})
  void train_anyRowsOfAWorker_areAsManyMessagesOfTheSameSize(Family family) {
    List<Table> others =
        List.of(
            Table.of(new double[][] {{1e300, -1e300, 1e300}}, new double[] {1}),
            Table.of(new double[][] {{Double.NaN, 0, 1}, {1, 2, 3}}, new double[] {1, 0}),
            Table.random(9, 40, 3, family));
    HiddenWorkers hidden = new HiddenWorkers(3.0, 1e-4, 0.1, 0.2, false, 8);
    List<List<Integer>> all = new ArrayList<>();
    for (Table other : others) {
      Map<String, Table> tables = new TreeMap<>(tables(family));
      tables.put("w000", other);
      RecordingFederation<Shard> seen = new RecordingFederation<>(PlanBuilder.federation(tables));
      TrainingResult result =
          hiding(hidden, family, 2).solver(new GradientDescent(3, 1e9)).train(seen);
      assertTrue(Arrays.stream(values(result)).allMatch(Double::isFinite));
      all.add(seen.seenByDriver().stream().map(m -> RecordingFederation.bytes(m).length).toList());
    }
    assertFalse(all.get(0).isEmpty());
    assertEquals(all.get(0), all.get(1));
    assertEquals(all.get(0), all.get(2));
  }

  @Test
  void train_noiseIsLongerThanUpdates_saysSo() {
    HiddenWorkers strict = new HiddenWorkers(0.5, 1e-4, 0.1, 0.0, false, 8);
    List<String> drowned = notes(hiding(strict, Family.LOGISTIC, 1));
    List<String> usual = notes(hiding(USUAL, Family.LOGISTIC, 1));

    assertTrue(
        drowned.stream().anyMatch(note -> note.contains("the noise of a round is")),
        drowned.toString());
    assertTrue(usual.stream().noneMatch(note -> note.contains("the noise")), usual.toString());
  }

  @Test
  void resume_noiseIsLongerThanUpdates_saysSoToo() {
    HiddenWorkers strict = new HiddenWorkers(0.5, 0.1, 0.1, 0.0, false, 8);
    Federation<Shard> federation = PlanBuilder.federation(tables(Family.LOGISTIC));
    TrainingPlan plan = hiding(strict, Family.LOGISTIC, 1).build();

    List<String> notes =
        new FederatedTrainer(federation, plan, round -> {})
            .resume(first(federation, plan)).notes().stream().map(Object::toString).toList();

    for (String begin : List.of("the noise of a round is", "delta is not below", "the training")) {
      assertEquals(1, notes.stream().filter(note -> note.startsWith(begin)).count(), begin);
    }
  }

  /** Steps that lead to no numbers are zeros, and so the model would be noise without a word. */
  @Test
  void train_localStepsLeadNowhere_saysSo() {
    HiddenWorkers hidden = new HiddenWorkers(30.0, 1e-4, 0.1, 0.0, false, 12);
    int said = 0;
    for (int seed = 0; seed < 20; seed++) {
      PlanBuilder nowhere = hiding(hidden, Family.LINEAR, seed);
      List<String> notes =
          nowhere
              .solver(new GradientDescent(1000, 1e9))
              .train(tables(Family.LINEAR))
              .notes()
              .stream()
              .map(Object::toString)
              .toList();
      said += notes.stream().anyMatch(note -> note.contains("no longer than their noise")) ? 1 : 0;
    }
    List<String> usual =
        hiding(hidden, Family.LINEAR, 1)
            .solver(new GradientDescent(3, STEP))
            .train(tables(Family.LINEAR))
            .notes()
            .stream()
            .map(Object::toString)
            .toList();

    assertTrue(said >= 18, said + " of 20");
    assertTrue(usual.stream().noneMatch(note -> note.contains("than their noise")));
  }

  /** Labels are at a distance that all rounds together don't go. */
  @Test
  void train_updatesAreTooShortForTheRounds_saysSo() {
    Map<String, Table> tables = tables(Family.LINEAR);
    Map<String, Table> far = new TreeMap<>();
    tables.forEach(
        (worker, rows) ->
            far.put(
                worker,
                Table.of(rows.x(), Arrays.stream(rows.y()).map(y -> 1000.0 + y).toArray())));
    for (ServerOptimizer server : List.of(new ServerSgd(1.0), new ServerMomentum(0.5, 0.9))) {
      PlanBuilder plan = hiding(EXACT.within(1.0), Family.LINEAR, 1).server(server);

      List<String> notes =
          plan.solver(new GradientDescent(3, STEP)).train(far).notes().stream()
              .map(Object::toString)
              .toList();

      assertTrue(notes.stream().anyMatch(note -> note.contains("on its way")), notes.toString());
    }
    List<String> near =
        hiding(EXACT, Family.LINEAR, 1)
            .solver(new GradientDescent(10, STEP))
            .train(tables)
            .notes()
            .stream()
            .map(Object::toString)
            .toList();
    assertTrue(near.stream().noneMatch(note -> note.contains("on its way")), near.toString());
  }

  private static List<String> notes(PlanBuilder plan) {
    return plan.train(tables(Family.LOGISTIC)).notes().stream().map(Object::toString).toList();
  }
}
