package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A fit from noised sums: of features' products once, and of clipped gradients in the coordinates
 * that these whiten, a fixed number of times; or of features' and labels' products alone. What is
 * asked, and how often, depends on nothing but the plan and what was opened before. One-shot, at
 * the driver.
 *
 * <p>With gradients the model is the mean of the last half of the iterates. A ridge penalty is on
 * the weights of the columns as they are, and costs nothing.
 */
final class NoisedFit implements NoisedWork {
  /**
   * Noise of products, by eigenvalue, in mean eigenvalues of the longest rows: above it whitening
   * did harm to 486 rows of 14 columns at epsilon 0.1, and below it good to 32,561 rows of 124.
   */
  private static final double MOST_NOISE = 5.2;

  /** What the account calls the one that says how large counts are. */
  private static final String FIRST = "first gradient";

  private static final String ROWS = "rows";
  private static final String WHITENING = "whitening";
  private static final String NUMBERS = "factor, clip, step, intervals";
  private static final String ITERATE = "iterate";
  private static final String BEGUN = "first iterate";
  private static final String SUM = "sum of iterates";

  static final Message GONE_ON_WITH =
      Message.of(
          "the training was gone on with: a round that was under way when it ended is released"
              + " once more, and what that cost is in the owners' ledgers alone");

  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final ModelShape shape;
  private final int order;
  private final Releases releases;
  private final Intervals intervals;
  private boolean withProducts;
  private Budgets budgets;
  private final double[] base;
  private final List<Message> notes = new ArrayList<>();

  private double rows;
  private Coordinates coordinates;
  private Steps steps;
  private double[] iterate;

  /** The first iterate that is near the model. */
  private double[] begun;

  private double[] sum;

  /** What the ridge penalty's step solves; null before the first, or without a penalty. */
  private Ridge ridge;

  /** Of least squares alone. */
  private double[] result;

  private LeastSquares squares;

  private int done;

  /**
   * Prepares a fit.
   *
   * @param workers how many are asked
   */
  NoisedFit(TrainingPlan plan, int workers) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.shape = plan.shape();
    this.order = SampledGram.order(shape);
    this.budgets = Budgets.of(privacy.budget(), privacy.method(), order, plan.rounds());
    this.withProducts = budgets.hasProducts();
    this.releases = Releases.of(plan, workers);
    this.intervals = new Intervals(plan, releases);
    this.base = new double[shape.size()];
    this.iterate = new double[shape.size()];
    this.begun = new double[shape.size()];
    this.sum = new double[shape.size()];
    if (plan.family() == Family.LINEAR || plan.family() == Family.HUBER) {
      shape.addToIntercept(0, privacy.labelMiddle(), base);
    }
  }

  @Override
  public String purpose() {
    return "gradient";
  }

  @Override
  public int honestWorkers() {
    return releases.honest();
  }

  @Override
  public boolean hasRounds() {
    return privacy.method() == PrivatePlan.Method.GRADIENTS;
  }

  @Override
  public void begin(Federation<Shard> federation) {
    rows =
        Math.max(1.0, privacy.rows().isPresent() ? privacy.rows().getAsLong() : count(federation));
    if (privacy.rows().isEmpty() && privacy.delta() * rows >= 1.0) {
      notes.add(
          Message.of(
              "delta is not below 1 divided by the number of training rows, about ",
              Math.rint(rows),
              ": the run may tell whole rows"));
    }
    if (!hasRounds()) {
      solve(federation);
      return;
    }
    double length = privacy.cut().norm();
    coordinates = Coordinates.scaled(Math.sqrt(order) / length);
    ProductsWithin asked = new ProductsWithin(shape, privacy.cut());
    Optional<Steps> unbiased = intervals.steps(rows, budgets);
    if (unbiased.isEmpty()) {
      withoutIntervals();
    }
    if (withProducts && !areWorthIt(asked)) {
      withoutProducts();
      notes.add(
          Message.of(
              "the products of features are not asked for, as noise would hide them: gradients are"
                  + " cut and noised in the columns' own coordinates, which takes more rounds"));
    }
    if (withProducts) {
      double deviation = releases.deviation(asked, budgets.products());
      coordinates =
          Coordinates.whitening(
              releases.products(federation, asked, budgets.products()), rows, deviation);
    }
    GradientWithin ofOne = gradient(iterate, 1.0);
    double noise = coordinates.factor() * releases.deviation(ofOne, budgets.gradient()) / rows;
    steps =
        hasRate()
            ? new Steps(MeanRate.firstClip(order, mostLabel()), 1.0)
            : budgets.hasIntervals()
                ? unbiased.orElseThrow()
                : Steps.of(
                    plan.family(), plan.loss(), order, shape.size(), privacy.labelScale(), noise);
    Steps.hidden(noise, shape.size()).ifPresent(notes::add);
    steps.tooShort(plan.loss(), order, privacy.labelScale(), plan.rounds()).ifPresent(notes::add);
  }

  /** Products that drown in their noise say nothing. */
  private boolean areWorthIt(ProductsWithin asked) {
    double noise = releases.deviation(asked, budgets.products());
    double norm = privacy.cut().norm();
    return noise * Math.sqrt(order) <= MOST_NOISE * rows * norm * norm / order;
  }

  /** Gradients have all of the budget. */
  private void withoutProducts() {
    withProducts = false;
    withoutIntervals();
  }

  private void withoutIntervals() {
    if (budgets.hasIntervals()) {
      notes.add(Intervals.none(NoisedErrors.NOISE));
    }
    budgets =
        Budgets.divided(
            privacy.budget().withoutIntervals(), privacy.method(), withProducts, plan.rounds());
  }

  private double count(Federation<Shard> federation) {
    return releases
        .ask(federation, "count", "counting rows", counting(), budgets.count())
        .get(CountWithin.ROWS);
  }

  private CountWithin counting() {
    return new CountWithin(privacy.cut().rowsOfPerson());
  }

  /** Least squares: the products' minimum. */
  private void solve(Federation<Shard> federation) {
    squares = new LeastSquares(plan, releases);
    double[] weights = squares.solve(federation, rows, budgets.products());
    result = base.clone();
    for (int j = 0; j < order; j++) {
      result[shape.place(0, j)] += weights[j];
    }
  }

  @Override
  public Opened<double[]> round(Federation<Shard> federation, Visit visit) {
    GradientWithin asked = gradient(iterate, steps.clip());
    boolean isOfRate = hasRate() && done == 0;
    Opened<double[]> opened =
        releases.ask(federation, visit, isOfRate ? FIRST : purpose(), asked, budgets.gradient());
    double[] gradient = opened.value();
    double perRow = coordinates.factor() / rows;
    double[] mean = Arrays.stream(gradient).map(v -> v * perRow).toArray();
    double[] moved = isOfRate ? begunAtRate(Ridge.own(mean, 0, shape)) : iterate.clone();
    for (int j = 0; j < moved.length && !isOfRate; j++) {
      moved[j] -= steps.length() * mean[j];
    }
    iterate = shrunk(moved);
    begun = isOfRate ? iterate : begun;
    done++;
    if (done > plan.rounds() - Steps.averaged(plan.rounds())) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += iterate[j];
      }
    }
    return opened.map(any -> iterate);
  }

  private boolean hasRate() {
    return MeanRate.isAsked(plan.family(), shape);
  }

  private double mostLabel() {
    return privacy.labelMiddle() + privacy.labelScale();
  }

  /** Says how long steps are from now on, and returns where they begin. */
  private double[] begunAtRate(double[] gradient) {
    double noise =
        coordinates.factor()
            * releases.deviation(gradient(iterate, 1.0), budgets.gradient())
            / rows;
    double[] intercept = coordinates.ofLast(order);
    MeanRate rate = MeanRate.of(intercept, gradient, steps.clip() * noise);
    if (!rate.isSeen()) {
      notes.add(
          Message.of(
              "noise, or large offsets, hide the mean of the labels, from which the fit begins:"
                  + " the model may say little"));
    }
    steps = rate.steps(order, noise, budgets.hasIntervals());
    boolean isWhite = coordinates.whitening().length > 0;
    double[] own = rate.begin(intercept, gradient, isWhite, steps.length());
    double[] first = new double[shape.size()];
    Ridge.put(own, 0, shape, first);
    return first;
  }

  private double[] shrunk(double[] moved) {
    if (plan.l2() == 0.0) {
      return moved;
    }
    if (ridge == null) {
      double l2 = plan.l2() * steps.length();
      ridge = new Ridge(l2, privacy.cut().scaling(), shape, coordinates);
    }
    return ridge.shrunk(moved);
  }

  @Override
  public double[] model() {
    if (!hasRounds()) {
      return result.clone();
    }
    return inColumns(mean());
  }

  /** Returns the mean of the last iterates. */
  private double[] mean() {
    int counted = Math.max(1, done - (plan.rounds() - Steps.averaged(plan.rounds())));
    return Arrays.stream(sum).map(s -> s / counted).toArray();
  }

  private double[] inColumns(double[] coordinate) {
    double[] model = base.clone();
    for (int k = 0; k < shape.outputs(); k++) {
      double[] own = coordinates.times(Ridge.own(coordinate, k, shape));
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

  @Override
  public Optional<NoisedMetrics> evaluate(Federation<Shard> federation, AskedRows rows) {
    Zcdp cost = rows == AskedRows.TRAIN ? budgets.figures() : budgets.test();
    return new NoisedEvaluation(plan, releases)
        .within(federation, rows, privacy.cut().scaling().toRaw(model()), cost);
  }

  @Override
  public Optional<FitStatistics> statistics(Federation<Shard> federation) {
    if (!hasRounds()) {
      return squares.statistics(model(), rows, notes);
    }
    return budgets.hasIntervals()
        ? intervals.of(federation, model(), way(), coordinates, steps, rows, budgets, notes)
        : Optional.empty();
  }

  private double[] way() {
    double[] way = mean();
    for (int j = 0; j < way.length; j++) {
      way[j] -= begun[j];
    }
    return way;
  }

  @Override
  public List<Released> releases() {
    return releases.all();
  }

  @Override
  public List<Message> notes() {
    return List.copyOf(notes);
  }

  @Override
  public Work saved() {
    Map<String, double[]> values = new HashMap<>();
    values.put(ROWS, new double[] {rows});
    values.put(ITERATE, iterate);
    values.put(BEGUN, begun);
    values.put(SUM, sum);
    values.put(WHITENING, coordinates.whitening());
    values.put(
        NUMBERS,
        new double[] {
          coordinates.factor(), steps.clip(), steps.length(), budgets.hasIntervals() ? 1.0 : 0.0
        });
    return new Work("noised", values, new int[] {done});
  }

  @Override
  public void restore(Work saved) {
    Map<String, double[]> values = saved.values();
    if (!saved.at().equals("noised")
        || saved.range().length != 1
        || !values.keySet().equals(Set.of(ROWS, ITERATE, BEGUN, SUM, WHITENING, NUMBERS))) {
      throw new IllegalArgumentException("a state must be one of a fit from noised sums");
    }
    rows = values.get(ROWS)[0];
    iterate = values.get(ITERATE).clone();
    begun = values.get(BEGUN).clone();
    sum = values.get(SUM).clone();
    done = saved.range()[0];
    double[] numbers = values.get(NUMBERS);
    coordinates = new Coordinates(values.get(WHITENING), numbers[0]);
    steps = new Steps(numbers[1], numbers[2]);
    if (numbers[3] == 0.0) {
      withoutIntervals();
    }
    if (withProducts && coordinates.whitening().length == 0) {
      withoutProducts();
    }
    releasedBefore();
  }

  /** What was opened before the state was kept is paid for, and so is the round in flight then. */
  private void releasedBefore() {
    if (privacy.rows().isEmpty()) {
      releases.count("count", counting(), budgets.count(), 1);
    }
    if (withProducts) {
      ProductsWithin asked = new ProductsWithin(shape, privacy.cut());
      releases.count("products", asked, budgets.products(), 1);
    }
    int first = hasRate() && done > 0 ? 1 : 0;
    if (first > 0) {
      double clip = MeanRate.firstClip(order, mostLabel());
      releases.count(FIRST, gradient(iterate, clip), budgets.gradient(), first);
    }
    if (done > first) {
      GradientWithin asked = gradient(iterate, steps.clip());
      releases.count(purpose(), asked, budgets.gradient(), done - first);
    }
    notes.add(GONE_ON_WITH);
  }
}
