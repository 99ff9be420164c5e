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
 * <p>A ridge penalty is on the weights of the columns as they are, and costs nothing.
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
  private static final String NUMBERS = "reach, factor, clip, step, intervals";
  private static final Set<String> KEPT = Set.of(ROWS, WHITENING, NUMBERS);

  static final Message GONE_ON_WITH =
      Message.of(
          "the training was gone on with: what was under way when it ended may have been released"
              + " already, and a round is accounted for as if it had been");

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

  /** How long rows are at most, but for few: what is longer is shortened in products alone. */
  private double reach;

  private Coordinates coordinates;
  private Steps steps;
  private final Course course;

  /** What the ridge penalty's step solves; null before the first, or without a penalty. */
  private Ridge ridge;

  /** Of least squares alone. */
  private double[] result;

  private LeastSquares squares;

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
    this.base = base(plan);
    this.course = new Course(shape.size(), plan.rounds());
  }

  /** Returns where a fit begins: at zero, with an intercept in the middle of labels' bounds. */
  static double[] base(TrainingPlan plan) {
    double[] base = new double[plan.shape().size()];
    if (plan.family() == Family.LINEAR || plan.family() == Family.HUBER) {
      plan.shape().addToIntercept(0, plan.privacy().orElseThrow().labelMiddle(), base);
    }
    return base;
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
    noteRows();
    if (!hasRounds()) {
      solve(federation);
      return;
    }
    reach = new Reach(plan, releases).of(federation, rows, budgets.lengths());
    coordinates = Coordinates.scaled(Math.sqrt(order) / reach);
    ProductsWithin asked = products();
    Optional<Steps> unbiased = intervals.steps(rows, budgets);
    if (unbiased.isEmpty()) {
      withoutIntervals();
    }
    if (withProducts && !areWorthIt(asked)) {
      withoutProducts();
    }
    if (withProducts) {
      double deviation = releases.deviation(asked, budgets.products());
      coordinates =
          Coordinates.whitening(
              releases.products(federation, asked, budgets.products()), rows, deviation);
    }
    steps =
        hasRate()
            ? new Steps(MeanRate.firstClip(order, mostLabel()), 1.0)
            : budgets.hasIntervals() ? unbiased.orElseThrow() : cut(noiseOfOne());
    noteSteps();
  }

  private void noteRows() {
    if (privacy.rows().isEmpty() && privacy.delta() * rows >= 1.0) {
      notes.add(
          Message.of(
              "delta is not below 1 divided by the number of training rows, about ",
              Math.rint(rows),
              ": the run may tell whole rows"));
    }
  }

  private void noteSteps() {
    Steps.hidden(noiseOfOne(), shape.size()).ifPresent(notes::add);
    steps.tooShort(plan.loss(), order, privacy.labelScale(), plan.rounds()).ifPresent(notes::add);
  }

  private Steps cut(double noise) {
    double scale = privacy.labelScale();
    return coordinates.isWhite()
        ? Steps.ofWhite(plan.family(), plan.loss(), order, shape.size(), scale, noise)
        : Steps.of(plan.family(), plan.loss(), order, shape.size(), scale, noise);
  }

  private ProductsWithin products() {
    return new ProductsWithin(shape, privacy.cut().within(reach));
  }

  /** Products that drown in their noise say nothing. */
  private boolean areWorthIt(ProductsWithin asked) {
    double noise = releases.deviation(asked, budgets.products());
    return noise * Math.sqrt(order) <= MOST_NOISE * rows * reach * reach / order;
  }

  /** Gradients have all of the budget. */
  private void withoutProducts() {
    withProducts = false;
    notes.add(
        Message.of(
            "the products of features are not asked for, as noise would hide them: gradients are"
                + " cut and noised in the columns' own coordinates, which takes more rounds"));
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
    GradientWithin asked = gradient(course.iterate(), steps.clip());
    boolean isOfRate = hasRate() && course.done() == 0;
    Opened<double[]> opened =
        releases.ask(federation, visit, isOfRate ? FIRST : purpose(), asked, budgets.gradient());
    double[] gradient = opened.value();
    double perRow = coordinates.factor() / rows;
    double[] mean = Arrays.stream(gradient).map(v -> v * perRow).toArray();
    double[] moved = course.done() == 0 ? begun(mean) : stepped(mean);
    course.to(shrunk(moved));
    return opened.map(any -> course.iterate());
  }

  private double[] stepped(double[] mean) {
    double[] moved = course.iterate().clone();
    for (int j = 0; j < moved.length; j++) {
      moved[j] -= steps.length() * mean[j];
    }
    return moved;
  }

  /** Says how long steps are from now on, and returns where they begin, or the first leads to. */
  private double[] begun(double[] mean) {
    FirstGradient.Told told =
        new FirstGradient(plan, coordinates, order, budgets.hasIntervals())
            .read(mean, steps, noiseOfOne());
    told.note().ifPresent(notes::add);
    steps = told.steps();
    if (told.begin().isEmpty()) {
      return stepped(mean);
    }
    course.beginNext();
    double[] first = new double[shape.size()];
    Ridge.put(told.begin().orElseThrow(), 0, shape, first);
    return first;
  }

  /** Returns the deviation of the noise on each number of the mean gradient, where C is 1. */
  private double noiseOfOne() {
    GradientWithin ofOne = gradient(course.iterate(), 1.0);
    return coordinates.factor() * releases.deviation(ofOne, budgets.gradient()) / rows;
  }

  private boolean hasRate() {
    return MeanRate.isAsked(plan.family(), shape);
  }

  private double mostLabel() {
    return privacy.labelMiddle() + privacy.labelScale();
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
    return inColumns(course.mean());
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
    double own = clip / coordinates.factor();
    double most = GradientWithin.mostOfModel(own);
    double[] model =
        Arrays.stream(inColumns(at)).map(v -> Math.max(-most, Math.min(most, v))).toArray();
    return new GradientWithin(
        model, plan.loss(), shape, privacy.cut(), coordinates.whitening(), own);
  }

  @Override
  public Optional<NoisedMetrics> evaluate(Federation<Shard> federation, AskedRows rows) {
    return new NoisedEvaluation(plan, releases)
        .within(federation, rows, privacy.cut().scaling().toRaw(model()), budgets.figures(rows));
  }

  @Override
  public Optional<FitStatistics> statistics(Federation<Shard> federation) {
    if (!hasRounds()) {
      return squares.statistics(model(), rows, notes);
    }
    return budgets.hasIntervals()
        ? intervals.of(federation, model(), course.way(), coordinates, steps, rows, budgets, notes)
        : Optional.empty();
  }

  @Override
  public List<Released> releases() {
    return releases.all();
  }

  @Override
  public List<Message> notes() {
    List<Message> all = new ArrayList<>(notes);
    if (hasRounds() && course.isOver()) {
      double deviation = steps.length() * steps.clip() * noiseOfOne();
      double[] intercept = shape.hasIntercept() ? coordinates.ofLast(order) : new double[0];
      new Arrival(shape, intercept, deviation).told(course).ifPresent(all::add);
    }
    return List.copyOf(all);
  }

  @Override
  public Work saved() {
    Map<String, double[]> values = new HashMap<>();
    values.put(ROWS, new double[] {rows});
    course.save(values);
    values.put(WHITENING, coordinates.whitening());
    values.put(
        NUMBERS,
        new double[] {
          reach,
          coordinates.factor(),
          steps.clip(),
          steps.length(),
          budgets.hasIntervals() ? 1.0 : 0.0
        });
    return new Work("noised", values, new int[] {course.done()});
  }

  @Override
  public void restore(Work saved) {
    Map<String, double[]> values = saved.values();
    if (!saved.at().equals("noised")
        || saved.range().length != 1
        || !values.keySet().containsAll(KEPT)
        || !values.keySet().containsAll(Course.KEPT)) {
      throw new IllegalArgumentException("a state must be one of a fit from noised sums");
    }
    rows = values.get(ROWS)[0];
    course.restore(values, saved.range()[0]);
    double[] numbers = values.get(NUMBERS);
    reach = numbers[0];
    coordinates = new Coordinates(values.get(WHITENING), numbers[1]);
    steps = new Steps(numbers[2], numbers[3]);
    if (numbers[4] == 0.0) {
      withoutIntervals();
    }
    if (withProducts && !coordinates.isWhite()) {
      withoutProducts();
    }
    noteRows();
    noteSteps();
    releasedBefore();
  }

  /** What was opened before the state was kept is paid for, and so is the round in flight then. */
  private void releasedBefore() {
    if (privacy.rows().isEmpty()) {
      releases.count("count", counting(), budgets.count(), 1);
    }
    new Reach(plan, releases).count(budgets.lengths());
    if (withProducts) {
      releases.count("products", products(), budgets.products(), 1);
    }
    int first = hasRate() && course.done() > 0 ? 1 : 0;
    if (first > 0) {
      double clip = MeanRate.firstClip(order, mostLabel());
      releases.count(FIRST, gradient(course.iterate(), clip), budgets.gradient(), first);
    }
    int gradients = course.done() - first + (course.isOver() ? 0 : 1);
    if (gradients > 0) {
      GradientWithin asked = gradient(course.iterate(), steps.clip());
      releases.count(purpose(), asked, budgets.gradient(), gradients);
    }
    notes.add(GONE_ON_WITH);
  }
}
