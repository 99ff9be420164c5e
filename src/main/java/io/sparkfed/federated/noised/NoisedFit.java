package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Cholesky;
import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fit from noised sums: of features' products once, and of clipped gradients in the coordinates
 * that these whiten, a fixed number of times; or of features' and labels' products alone. What is
 * asked, and how often, depends on nothing but the plan and what was opened before. One-shot, at
 * the driver.
 *
 * <p>With gradients the model is the mean of the last half of the iterates. A ridge penalty is on
 * the weights of the columns as they are, and costs nothing.
 */
public final class NoisedFit {
  /** Of more features products are not summed: their noise grows with the root of the order. */
  private static final int MOST_ORDER = 1000;

  /**
   * Noise of products, by eigenvalue, in mean eigenvalues of the longest rows: above it whitening
   * did harm to 486 rows of 14 columns at epsilon 0.1, and below it good to 32,561 rows of 124.
   */
  private static final double MOST_NOISE = 5.2;

  private static final String ROWS = "rows";
  private static final String WHITENING = "whitening";
  private static final String NUMBERS = "factor, clip, step";
  private static final String ITERATE = "iterate";
  private static final String SUM = "sum of iterates";
  private static final String RESULT = "result";

  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final ModelShape shape;
  private final int order;
  private final int honest;
  private final int cohort;
  private boolean withProducts;
  private Budgets budgets;
  private final double[] base;
  private final List<Released> releases = new ArrayList<>();
  private final List<Message> notes = new ArrayList<>();

  private double rows;
  private Coordinates coordinates;
  private Steps steps;
  private double[] iterate;
  private double[] sum;
  private double[] result;
  private int done;

  /**
   * Prepares a fit.
   *
   * @param workers how many are asked
   */
  public NoisedFit(TrainingPlan plan, int workers) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.shape = plan.shape();
    this.order = SampledGram.order(shape);
    this.cohort = workers;
    this.honest =
        Math.min(workers, privacy.honestWorkers().orElse(plan.sums().mostHonest(workers)));
    this.withProducts = order <= MOST_ORDER && privacy.gramShare() > 0.0;
    this.budgets = Budgets.of(privacy, withProducts, plan.rounds());
    this.base = new double[shape.size()];
    this.iterate = new double[shape.size()];
    this.sum = new double[shape.size()];
    if (plan.family() == Family.LINEAR || plan.family() == Family.HUBER) {
      shape.addToIntercept(0, privacy.labelMiddle(), base);
    }
  }

  /** Returns of how many workers the noise is relied on. */
  public int honestWorkers() {
    return honest;
  }

  /** Returns what a release may cost, and all of the run. */
  public Zcdp plan() {
    return budgets.plan();
  }

  /** Returns whether gradients follow. */
  public boolean hasRounds() {
    return privacy.method() == PrivatePlan.Method.GRADIENTS;
  }

  /**
   * Asks what comes before the rounds.
   *
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  public void begin(Federation<Shard> federation) {
    rows =
        Math.max(1.0, privacy.rows().isPresent() ? privacy.rows().getAsLong() : count(federation));
    if (!hasRounds()) {
      solve(federation);
      return;
    }
    double length = privacy.cut().norm();
    coordinates = Coordinates.scaled(Math.sqrt(order) / length);
    if (withProducts) {
      requireWorth();
    }
    if (withProducts) {
      ProductsWithin asked = new ProductsWithin(shape, privacy.cut());
      ReleasedSum released = released(budgets.products());
      double deviation = released.deviation(asked, cohort, cohort);
      coordinates = Coordinates.whitening(products(federation, asked, released), rows, deviation);
    }
    GradientWithin ofOne = gradient(iterate, 1.0);
    double noise =
        coordinates.factor() * released(budgets.gradient()).deviation(ofOne, cohort, cohort) / rows;
    steps = Steps.of(plan.family(), plan.loss(), order, shape.size(), privacy.labelScale(), noise);
    double shown = noise * steps.clip() * Math.sqrt(shape.size());
    if (shown > steps.clip()) {
      notes.add(
          Message.of(
              "the noise of a round is ",
              Math.rint(10.0 * shown / steps.clip()) / 10.0,
              " times as long as a row's gradient may be: the model may say little"));
    }
  }

  /** Products that drown in their noise are not asked for: gradients have all of the budget. */
  private void requireWorth() {
    ProductsWithin asked = new ProductsWithin(shape, privacy.cut());
    double noise = released(budgets.products()).deviation(asked, cohort, cohort);
    double norm = privacy.cut().norm();
    if (noise * Math.sqrt(order) <= MOST_NOISE * rows * norm * norm / order) {
      return;
    }
    withProducts = false;
    budgets = Budgets.of(privacy, false, plan.rounds());
    notes.add(
        Message.of(
            "the products of features are not asked for, as noise would hide them: gradients are"
                + " cut and noised in the columns' own coordinates, which takes more rounds"));
  }

  private double count(Federation<Shard> federation) {
    CountWithin asked = new CountWithin(privacy.cut().rowsOfPerson());
    ReleasedSum released = released(budgets.count());
    double count = ask(federation, released, "counting rows", asked).get(CountWithin.ROWS);
    add("count", asked, released, 1, budgets.count());
    return count;
  }

  private SymmetricMatrix products(
      Federation<Shard> federation, ProductsWithin asked, ReleasedSum released) {
    double[] found =
        ask(federation, released, "products of features", asked).all(ProductsWithin.PRODUCTS);
    add("products", asked, released, 1, budgets.products());
    int width = asked.order();
    for (int i = 0; i < width; i++) {
      for (int j = i + 1; j < width; j++) {
        found[SymmetricMatrix.at(width, i, j)] /= Math.sqrt(2.0);
      }
    }
    return SymmetricMatrix.of(width, found);
  }

  /** Least squares: the products' minimum. */
  private void solve(Federation<Shard> federation) {
    double norm = privacy.cut().norm();
    ProductsWithin asked =
        new ProductsWithin(
            shape, privacy.cut(), privacy.labelMiddle(), norm / privacy.labelScale(), norm);
    ReleasedSum released = released(budgets.products());
    SymmetricMatrix found = products(federation, asked, released);
    double[] ofFeatures = new double[SymmetricMatrix.packedLength(order)];
    double[] withLabels = new double[order];
    for (int i = 0; i < order; i++) {
      for (int j = i; j < order; j++) {
        ofFeatures[SymmetricMatrix.at(order, i, j)] = found.get(i, j);
      }
      withLabels[i] = found.get(i, order) * privacy.labelScale() / norm;
    }
    double least = released.deviation(asked, cohort, cohort) * Math.sqrt(order);
    SymmetricMatrix floored = floored(SymmetricMatrix.of(order, ofFeatures), least);
    double[] ridge = penalties(0.5 * rows * plan.l2());
    double[] weights = floored.plusDiagonal(ridge).cholesky().solve(withLabels);
    result = base.clone();
    for (int j = 0; j < order; j++) {
      result[shape.place(0, j)] += weights[j];
    }
  }

  private static SymmetricMatrix floored(SymmetricMatrix matrix, double least) {
    Eigen eigen = Eigen.of(matrix);
    int order = matrix.order();
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0; i < order; i++) {
      for (int j = i; j < order; j++) {
        double sum = 0.0;
        for (int k = 0; k < order; k++) {
          sum +=
              Math.max(eigen.values()[k], least)
                  * eigen.vectors()[k * order + i]
                  * eigen.vectors()[k * order + j];
        }
        packed[SymmetricMatrix.at(order, i, j)] = sum;
      }
    }
    return SymmetricMatrix.of(order, packed);
  }

  /**
   * For each of q columns: a ridge on the weight of the column as it is; none for the intercept.
   */
  private double[] penalties(double l2) {
    double[] factors = privacy.cut().scaling().weightFactors();
    double[] ridge = new double[order];
    for (int j = 0; j < shape.features(); j++) {
      double factor = factors.length == 0 ? 1.0 : factors[j];
      ridge[j] = l2 * factor * factor;
    }
    return ridge;
  }

  /**
   * Asks for the gradient at the iterate, and steps.
   *
   * @param visit of the round
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public Opened<double[]> round(Federation<Shard> federation, Visit visit) {
    GradientWithin asked = gradient(iterate, steps.clip());
    ReleasedSum released = released(budgets.gradient());
    Opened<double[]> opened = Ask.ofAll(released, federation, visit, "a gradient", asked);
    add("gradient", asked, released, 1, budgets.gradient());
    double[] gradient = opened.value();
    double step = coordinates.factor() * steps.length() / rows;
    double[] moved = iterate.clone();
    for (int j = 0; j < moved.length; j++) {
      moved[j] -= step * gradient[j];
    }
    iterate = shrunk(moved);
    done++;
    if (done > plan.rounds() - lastOnes()) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += iterate[j];
      }
    }
    return opened.map(any -> iterate);
  }

  private int lastOnes() {
    return Math.max(1, plan.rounds() / 2);
  }

  /** The step of the ridge penalty, which has no noise: to the minimum beside the way back. */
  private double[] shrunk(double[] moved) {
    if (plan.l2() == 0.0) {
      return moved;
    }
    double[] ridge = penalties(plan.l2() * steps.length());
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    double[] unit = new double[order];
    for (int i = 0; i < order; i++) {
      Arrays.fill(unit, 0.0);
      unit[i] = 1.0;
      double[] column = coordinates.times(unit);
      for (int j = 0; j < order; j++) {
        column[j] *= ridge[j];
      }
      double[] back = coordinates.times(column);
      for (int j = i; j < order; j++) {
        packed[SymmetricMatrix.at(order, i, j)] = back[j] + (i == j ? 1.0 : 0.0);
      }
    }
    Cholesky system = SymmetricMatrix.of(order, packed).cholesky();
    double[] out = new double[moved.length];
    for (int k = 0; k < shape.outputs(); k++) {
      double[] own = system.solve(ofOutput(moved, k));
      for (int j = 0; j < order; j++) {
        out[shape.place(k, j)] = own[j];
      }
    }
    return out;
  }

  private double[] ofOutput(double[] vector, int output) {
    double[] own = new double[order];
    for (int j = 0; j < order; j++) {
      own[j] = vector[shape.place(output, j)];
    }
    return own;
  }

  /** Returns the model in the units of the cut's scaling. */
  public double[] model() {
    if (!hasRounds()) {
      return result.clone();
    }
    int counted = Math.max(1, done - (plan.rounds() - lastOnes()));
    return inColumns(Arrays.stream(sum).map(s -> s / counted).toArray());
  }

  private double[] inColumns(double[] coordinate) {
    double[] model = base.clone();
    for (int k = 0; k < shape.outputs(); k++) {
      double[] own = coordinates.times(ofOutput(coordinate, k));
      for (int j = 0; j < order; j++) {
        model[shape.place(k, j)] += own[j];
      }
    }
    return model;
  }

  private GradientWithin gradient(double[] at, double clip) {
    return new GradientWithin(
        inColumns(at),
        plan.loss(),
        shape,
        privacy.cut(),
        coordinates.whitening(),
        clip / coordinates.factor());
  }

  private ReleasedSum released(Zcdp cost) {
    return plan.sums().released(cost, budgets.plan(), honest);
  }

  private static <S> NamedVector ask(
      Federation<S> federation, ReleasedSum sum, String what, Statement<S> statement) {
    return Ask.through(sum, federation, federation.workers(), what, statement).value();
  }

  /** Releases of one purpose and cost stand together. */
  private void add(String purpose, Statement<Shard> asked, ReleasedSum sum, int sums, Zcdp cost) {
    Released last = releases.isEmpty() ? null : releases.get(releases.size() - 1);
    int all = sums;
    if (last != null && last.purpose().equals(purpose)) {
      all += last.sums();
      releases.remove(releases.size() - 1);
    }
    releases.add(
        new Released(
            purpose,
            "train",
            all,
            asked.layout().length(),
            sum.deviation(asked, cohort, cohort),
            asked.rowBound().orElseThrow(),
            cost.times(all).rho().doubleValue()));
  }

  /** Returns what was released so far. */
  public List<Released> releases() {
    return List.copyOf(releases);
  }

  /** Returns what must be known of the model, one sentence each. */
  public List<Message> notes() {
    return List.copyOf(notes);
  }

  /** Returns the state between two rounds. */
  public Work saved() {
    Map<String, double[]> values = new HashMap<>();
    values.put(ROWS, new double[] {rows});
    values.put(ITERATE, iterate);
    values.put(SUM, sum);
    if (coordinates != null) {
      values.put(WHITENING, coordinates.whitening());
      values.put(NUMBERS, new double[] {coordinates.factor(), steps.clip(), steps.length()});
    }
    if (result != null) {
      values.put(RESULT, result);
    }
    return new Work("noised", values, new int[] {done});
  }

  /**
   * Goes on from a state.
   *
   * @throws IllegalArgumentException if it is none of such a fit
   */
  public void restore(Work saved) {
    Map<String, double[]> values = saved.values();
    if (!saved.at().equals("noised") || saved.range().length != 1 || !values.containsKey(ROWS)) {
      throw new IllegalArgumentException("a state must be one of a fit from noised sums");
    }
    rows = values.get(ROWS)[0];
    iterate = values.get(ITERATE).clone();
    sum = values.get(SUM).clone();
    result = values.get(RESULT);
    done = saved.range()[0];
    if (values.containsKey(NUMBERS)) {
      double[] numbers = values.get(NUMBERS);
      coordinates = new Coordinates(values.get(WHITENING), numbers[0]);
      steps = new Steps(numbers[1], numbers[2]);
      if (withProducts && coordinates.whitening().length == 0) {
        withProducts = false;
        budgets = Budgets.of(privacy, false, plan.rounds());
      }
    }
    releasedBefore();
  }

  /** What was opened before the state was kept is paid for, and so is the round in flight then. */
  private void releasedBefore() {
    if (privacy.rows().isEmpty()) {
      CountWithin count = new CountWithin(privacy.cut().rowsOfPerson());
      add("count", count, released(budgets.count()), 1, budgets.count());
    }
    if (withProducts) {
      ProductsWithin products = new ProductsWithin(shape, privacy.cut());
      add("products", products, released(budgets.products()), 1, budgets.products());
    }
    if (done > 0) {
      GradientWithin gradient = gradient(iterate, steps.clip());
      add("gradient", gradient, released(budgets.gradient()), done, budgets.gradient());
    }
    notes.add(
        Message.of(
            "the training was gone on with: a round that was under way when it ended is released"
                + " once more, and what that cost is in the owners' ledgers alone"));
  }
}
