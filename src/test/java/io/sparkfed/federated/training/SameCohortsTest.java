package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.survey.FederatedCounts;
import io.sparkfed.federated.survey.FederatedLabels;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.Table;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whoever is lost, whenever: sums of one run at one model, and those that need no model, are over
 * the same workers, so that no two of them differ by what one worker has.
 */
class SameCohortsTest {
  private static final List<String> IDS = List.of("a", "b", "c", "d", "e");
  private static final String LOST = "c";
  private static final String NO_MODEL = "no model";

  /** What is done with workers. */
  enum Way {
    AVERAGES {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().family(Family.LOGISTIC).standardize(Standardize.FEDERATED);
      }
    },
    NEWTON {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().family(Family.LOGISTIC).optimizer(new Newton(1e-10));
      }
    },
    NEWTON_WITH_OFFSETS {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder()
            .family(Family.POISSON)
            .warmStart(new LocalLbfgs(3, 1e-6, 10))
            .optimizer(new Newton(1e-10));
      }
    },
    LBFGS {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder()
            .family(Family.GAMMA)
            .preconditioned()
            .optimizer(new Lbfgs(10, 1e-9));
      }
    },
    LBFGS_OF_CLASSES {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().family(Family.SOFTMAX).optimizer(new Lbfgs(10, 1e-5));
      }
    },
    ONE_AFTER_THE_OTHER {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().optimizers(new Lbfgs(10, 1e-12), 2, new Newton(1e-10));
      }
    },
    ENDS_EARLY {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().family(Family.HUBER).optimizer(new Lbfgs(10, 1e-12));
      }
    };

    abstract PlanBuilder plan();

    PlanBuilder with(Opening sums) {
      return plan().aucError(1e-4).leastHolders(3).rounds(4).sums(sums::sumOf);
    }

    Family family() {
      return plan().build().family();
    }
  }

  /** What was opened, by the model it was asked about. */
  private static final class Opening {
    private final Map<String, Set<String>> cohorts = new TreeMap<>();
    private final Set<String> seen = new TreeSet<>();

    VectorSum sumOf(Layout layout) {
      VectorSum sum = new FixedPointSum(new InsecurePlainSum(2), layout);
      return new VectorSum() {
        @Override
        public <S> Opened<double[]> sum(
            Federation<S> federation, Visit visit, Question<S> question) {
          Opened<double[]> opened = sum.sum(federation, visit, question);
          Set<String> cohort = new TreeSet<>(visit.cohort());
          if (opened.dropouts() > 0) {
            cohort.remove(LOST);
          }
          assertEquals(cohort.size(), opened.workers());
          if (!(question instanceof LocalUpdate)) {
            assertEquals(0, opened.dropouts(), question.name() + " is of all or not opened");
          }
          cohorts
              .computeIfAbsent(modelOf(question), model -> new TreeSet<>())
              .add(cohort.toString());
          seen.add(question.getClass().getSimpleName());
          return opened;
        }

        @Override
        public int[] choices() {
          return sum.choices();
        }

        @Override
        public void expect(double largest, int workers) {
          sum.expect(largest, workers);
        }
      };
    }
  }

  private static String modelOf(Question<?> question) {
    if (question instanceof LocalTraining training) {
      return modelOf(training.update());
    }
    for (RecordComponent component : question.getClass().getRecordComponents()) {
      if (component.getName().equals("model")) {
        try {
          component.getAccessor().setAccessible(true);
          return Arrays.toString((double[]) component.getAccessor().invoke(question));
        } catch (ReflectiveOperationException e) {
          throw new LinkageError("a component can be read", e);
        }
      }
    }
    return NO_MODEL;
  }

  /** Loses a worker's messages of some visits, counted from 1. */
  private static final class Lossy<S> implements Federation<S> {
    private final Federation<S> all;
    private final int from;
    private final int until;
    private final List<Visit> visits = new ArrayList<>();

    Lossy(Federation<S> all, int from, int until) {
      this.all = all;
      this.from = from;
      this.until = until;
    }

    @Override
    public List<String> workers() {
      return all.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
      List<M> messages = new ArrayList<>(all.visit(visit, task));
      visits.add(visit);
      int lost = visit.cohort().indexOf(LOST);
      if (visits.size() >= from && visits.size() < until && lost >= 0) {
        messages.remove(lost);
      }
      return messages;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      throw new AssertionError("a plain sum has no aggregators");
    }
  }

  private static Federation<Shard> workers(Family family) {
    Random random = new Random(5L);
    Map<String, Shard> shards = new TreeMap<>();
    for (String worker : IDS) {
      Table table = Table.random(worker.hashCode(), 40, 2, family);
      ShardBuilder builder = new ShardBuilder(worker, 2);
      for (int i = 0; i < table.rows(); i++) {
        double offset = family == Family.POISSON ? random.nextDouble() : 0.0;
        Part part = i % 4 == 0 ? Part.TEST : Part.TRAIN;
        double[] large = {1e3 + table.x()[i][0], table.x()[i][1]};
        builder.addDense(large, table.y()[i], 1.0, offset, part);
      }
      shards.put(worker, builder.build(0.0, 1L, false, new ModelShape(2, true)));
    }
    return new InProcessFederation<>(shards);
  }

  private static Opening opened(Way way, int from, int until) {
    Opening sums = new Opening();
    TrainingPlan plan = way.with(sums).build();
    Federation<Shard> federation = new Lossy<>(workers(way.family()), from, until);
    try {
      FederatedLabels.moments(federation, plan.sums());
      if (way == Way.LBFGS_OF_CLASSES) {
        FederatedLabels.classes(federation, plan.sums(), 3);
      }
      FederatedCounts.dropped(federation, plan.sums(), 2);
      TrainingResult result = new FederatedTrainer(federation, plan, round -> {}).train();
      FederatedEvaluator.evaluate(federation, plan, result.model());
    } catch (AggregationException e) {
      assertTrue(e.getMessage().contains("every worker must take part"), e.getMessage());
    }
    return sums;
  }

  @ParameterizedTest
  @EnumSource
  void run_workerLostInAnyVisits_opensOneModelOverOneCohort(Way way) {
    Opening undisturbed = opened(way, 0, 0);
    int most = 60;

    assertTrue(undisturbed.seen.contains("MomentsOfFeatures"), undisturbed.seen.toString());
    for (int from = 1; from <= most; from++) {
      for (int until : new int[] {from + 1, from + 2, Integer.MAX_VALUE}) {
        Opening sums = opened(way, from, until);
        String when = "lost from visit " + from + " until " + until + ": " + sums.cohorts;
        sums.cohorts.forEach((model, cohorts) -> assertEquals(1, cohorts.size(), when));
        Set<String> everybody = Set.of(IDS.toString());
        assertTrue(sums.cohorts.getOrDefault(NO_MODEL, everybody).equals(everybody), when);
        if (way != Way.AVERAGES) {
          sums.cohorts.forEach((model, cohorts) -> assertEquals(everybody, cohorts, when));
        }
      }
    }
  }

  /** Visit 1 finds a range and 2 is cut to it; of 3 and 4, for the whole, one worker is lost. */
  @Test
  void whole_workerLostAfterTheCut_opensNothingMore() {
    Map<String, double[]> held = new TreeMap<>();
    IDS.forEach(worker -> held.put(worker, new double[] {worker.hashCode()}));
    FixedPointSum sum = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));
    Federation<double[]> all = new InProcessFederation<>(held);
    Visit visit = new Visit("round 1/2: test", 1, IDS);
    sum.sum(all, visit, Asked.vector(1, 0, (worker, own) -> own));
    Lossy<double[]> lossy = new Lossy<>(all, 2, 99);
    Question<double[]> larger = Asked.vector(1, 0, (worker, own) -> new double[] {1e6 * own[0]});

    CohortException refused =
        assertThrows(CohortException.class, () -> Ask.whole(sum, lossy, visit, "gradient", larger));

    assertEquals(
        "gradient: every worker must take part, or the difference to another sum would be what one"
            + " of them has, and not all did",
        refused.getMessage());
    assertEquals(3, lossy.visits.size());
    lossy.visits.forEach(one -> assertTrue(one.demandsAll()));
  }
}
