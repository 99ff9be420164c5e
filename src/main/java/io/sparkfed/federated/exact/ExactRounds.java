package io.sparkfed.federated.exact;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.ExactPlan;
import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.SummedDerivatives;
import io.sparkfed.federated.SummedDerivatives.Wanted;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.LabelTotals;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.PointEvaluation;
import io.sparkfed.server.Preconditioner;
import io.sparkfed.server.SavedSearch;
import io.sparkfed.server.Search;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Lossless training: secure sums of the derivatives at the workers, a step of an optimizer at the
 * driver. The optimum is that of all rows together, so each sum is over all workers or is not
 * opened: a model may be asked about again, for a finer range, by another method or for statistics.
 */
public final class ExactRounds implements RoundWork {
  /** With more features, a number for each pair of them is not summed for a note. */
  private static final int MOST_CORRELATED = 1000;

  private static final String CONDITION_NUMBER = "condition-number";
  private static final String CURVATURE = "starting-curvature";

  private final TrainingPlan plan;
  private final ExactOptimizer optimizer;
  private final Scaling scaling;
  private final ModelShape shape;
  private final VectorSum sum;
  private final boolean hasHessian;

  /**
   * The scaled coordinates are at most so large; NaN where nobody knows. By the inequality of
   * Cauchy and Schwarz no entry of a Hessian exceeds the largest curvature times the sum of squares
   * of a standardized feature, which is the rows' weight; nor does one of a gradient, with slopes.
   */
  private final double largest;

  /** The same of a Hessian, whether there is one or not. */
  private final double largestOfHessian;

  /** Sum of the rows' weights; NaN where no sum told it. */
  private final double total;

  private final UnitPenalty penalty;
  private final boolean takesBack;

  private final StartingPoint cold;

  /** Until it has been evaluated: whether the start is one that may be given up for another. */
  private boolean isWarm;

  private Search search;
  private Optional<Preconditioner> curvature;
  private Dependence dependence;
  private double meanLoss = Double.NaN;
  private Optional<LabelTotals> labels = Optional.empty();

  /**
   * Prepares the search for the optimum.
   *
   * @param scaling the identity unless federated
   * @param total sum of the rows' weights; NaN where no sum told it
   * @param cold where to begin
   * @param warm where to begin instead, in training units, unless it overflows there
   * @param curvature the mean of {@code z z'} over rows z in training units; empty where nobody
   *     asked
   */
  public ExactRounds(
      TrainingPlan plan,
      Scaling scaling,
      ExactOptimizer optimizer,
      double total,
      StartingPoint cold,
      Optional<double[]> warm,
      Optional<SymmetricMatrix> curvature) {
    ExactPlan exact = plan.exact().orElseThrow();
    this.plan = plan;
    this.scaling = scaling;
    this.shape = plan.shape();
    this.dependence = new Dependence(shape, plan.l2(), Double.NaN);
    this.optimizer = optimizer;
    this.total = total;
    this.hasHessian = optimizer.needsHessian();
    this.sum = plan.sums().sumOf(SummedDerivatives.layout(shape, hasHessian, plan.metrics()));
    this.largestOfHessian = total * plan.loss().largestCurvature();
    this.largest = hasHessian ? largestOfHessian : total * plan.loss().largestSlope();
    this.penalty = UnitPenalty.of(plan, scaling);
    this.takesBack = exact.conditioning() == ExactPlan.Conditioning.STANDARDIZED;
    this.cold = cold;
    this.isWarm = warm.isPresent();
    this.curvature = curvature.flatMap(this::preconditioner);
    this.search = optimizer.begin(warm.orElse(cold.point()), penalty.l1(), this.curvature);
  }

  /** About the Hessian at the start, where every row has about the same curvature. */
  private Optional<Preconditioner> preconditioner(SymmetricMatrix gram) {
    double[] ridge = Arrays.copyOf(penalty.l2(), gram.order());
    Arrays.fill(ridge, shape.features(), ridge.length, 0.0);
    return Preconditioner.of(
        shape,
        gram.times(plan.family().startingCurvature(shape, cold.meanLabel())).plusDiagonal(ridge));
  }

  @Override
  public double[] start() {
    return search.point();
  }

  @Override
  public String purpose() {
    return hasHessian ? "gradient and Hessian" : "gradient";
  }

  @Override
  public Opened<Answer> visit(
      Federation<Shard> federation, Visit visit, double[] model, boolean trains) {
    if (Double.isFinite(largest)) {
      sum.expect(largest, visit.cohort().size());
    }
    SummedDerivatives statement =
        SummedDerivatives.of(
            plan,
            search.ending().isPresent() ? Wanted.ZEROS : Wanted.DERIVATIVES,
            hasHessian,
            scaling,
            model);
    return Ask.whole(sum, federation, visit, purpose(), statement)
        .map(sums -> answer(model, statement.layout().read(sums)));
  }

  private Answer answer(double[] model, NamedVector sums) {
    int size = shape.size();
    double weight = sums.total(SummedDerivatives.WEIGHT);
    LabelTotals totals = new LabelTotals(shape, sums.all(SummedDerivatives.LABELS), weight);
    labels = Optional.of(totals);
    double value = sums.get(SummedDerivatives.LOSS) / weight;
    meanLoss = value;
    double[] gradient = sums.all(SummedDerivatives.GRADIENT);
    for (int j = 0; j < size; j++) {
      gradient[j] /= weight;
    }
    value = penalty.added(value, model, gradient);
    Optional<SymmetricMatrix> hessian = Optional.empty();
    if (hasHessian) {
      hessian =
          Optional.of(
              shape.identified(
                  SymmetricMatrix.of(size, sums.all(SummedDerivatives.HESSIAN))
                      .times(1.0 / weight)
                      .plusDiagonal(penalty.l2())));
    }
    return new Evaluated(
        EvaluationSums.of(sums),
        penalty.objective(value, model),
        new PointEvaluation(
            value,
            gradient,
            hessian,
            plan.family().kind(),
            plan.family().typicalLoss(totals),
            plan.family().rounding(totals),
            penalty.leastCurvature()));
  }

  private Optional<String> runaway() {
    return labels.flatMap(plan.family()::runaway);
  }

  @Override
  public Message whyUnbounded() {
    Optional<String> runaway = runaway();
    if (runaway.isPresent()) {
      return Message.of(
          runaway.get(),
          ", so an intercept, which is never penalized, grows without bound; ",
          plan.family().adviceOnRunaway());
    }
    String growth =
        "coefficients grow without bound, as when a combination of features separates the classes";
    return plan.l2() > 0.0
        ? Message.of(growth)
        : Message.of(growth, "; leave such features out, or set ", Hint.L2, " > 0");
  }

  @Override
  public Optional<double[]> afterOverflow() {
    if (isWarm) {
      isWarm = false;
      search = optimizer.begin(cold.point(), penalty.l1(), curvature);
      return Optional.of(search.point());
    }
    if (!takesBack || search.point() == search.best()) {
      return Optional.empty();
    }
    search = search.next(PointEvaluation.overflow());
    return Optional.of(search.point());
  }

  @Override
  public Message stepSize() {
    return Message.of(Hint.STEP_SIZE);
  }

  @Override
  public boolean takesBack() {
    return takesBack;
  }

  @Override
  public Optional<FitStatistics> statistics(
      Federation<Shard> federation, double[] model, Consumer<Message> note) {
    if (!takesBack) {
      return Optional.empty();
    }
    if (plan.family().isMultinomial()) {
      noteDependence(federation, note);
      return ofSoftmax();
    }
    if (ResponseDistribution.of(plan.family()).isEmpty()) {
      noteDependence(federation, note);
      return Optional.empty();
    }
    try {
      return FederatedInference.of(
          federation,
          plan,
          scaling,
          model,
          labels.map(LabelTotals::mean).orElse(Double.NaN),
          largestOfHessian,
          note);
    } catch (CohortException e) {
      note.accept(Message.of("no ", e.getMessage()));
      return Optional.empty();
    } catch (NonFiniteUpdateException e) {
      note.accept(
          Message.of("no statistics of the fit: at the optimum residuals of single rows overflow"));
      return Optional.empty();
    } catch (SingularMatrixException e) {
      // Only after an optimizer that needs no Hessian.
      note.accept(dependence.note(e.column(), ", and there are no statistics of the fit"));
      return Optional.empty();
    }
  }

  /**
   * Of a fit without Hessians and statistics, which would tell. Where a sample of the rows has
   * independent features, all of them have.
   */
  private void noteDependence(Federation<Shard> federation, Consumer<Message> note) {
    boolean isUnique = plan.l1() > 0.0 || plan.l2() > 0.0 || hasHessian;
    boolean isTold = curvature.map(Preconditioner::isRegular).orElse(false);
    if (isUnique || isTold || shape.features() > MOST_CORRELATED) {
      return;
    }
    try {
      StartingCurvature.ofAllRows(federation, plan, scaling, total)
          .ifPresent(gram -> gram.withoutZeroRows().cholesky());
    } catch (CohortException e) {
      note.accept(Message.of("not known: ", e.getMessage()));
    } catch (SingularMatrixException e) {
      note.accept(dependence.note(e.column(), ""));
    }
  }

  /** The fit as a whole: all that is known without another visit. */
  private Optional<FitStatistics> ofSoftmax() {
    if (plan.l1() != 0.0 || plan.l2() != 0.0) {
      return Optional.empty();
    }
    int ofAnOutput = shape.hasIntercept() ? 1 : 0;
    for (double factor : scaling.weightFactors()) {
      ofAnOutput += factor == 0.0 ? 0 : 1;
    }
    return FitStatistics.ofClasses(
        labels.map(LabelTotals::sums).orElseThrow(),
        meanLoss,
        (shape.outputs() - 1) * ofAnOutput,
        shape.hasIntercept(),
        plan.exact().orElseThrow().confidenceLevel());
  }

  @Override
  public Work saved() {
    SavedSearch saved = search.saved();
    Map<String, double[]> values = new HashMap<>(saved.values());
    values.put(CONDITION_NUMBER, new double[] {dependence.conditionNumber()});
    curvature.ifPresent(known -> values.put(CURVATURE, known.matrix().packed()));
    return new Work(saved.at(), values, sum.choices());
  }

  @Override
  public void restore(Work saved) {
    Map<String, double[]> values = new HashMap<>(saved.values());
    double[] condition = values.remove(CONDITION_NUMBER);
    if (condition == null || condition.length != 1) {
      throw new IllegalArgumentException("a saved search must have its " + CONDITION_NUMBER);
    }
    dependence = new Dependence(shape, plan.l2(), condition[0]);
    curvature =
        Optional.ofNullable(values.remove(CURVATURE))
            .flatMap(packed -> Preconditioner.of(shape, curvatureOf(packed)));
    search = optimizer.restore(new SavedSearch(saved.at(), values), penalty.l1(), curvature);
    sum.restore(saved.range());
  }

  private SymmetricMatrix curvatureOf(double[] packed) {
    return SymmetricMatrix.of(SampledGram.order(shape), packed);
  }

  @Override
  public List<Message> notes() {
    return dependence.notes();
  }

  private final class Evaluated implements Answer {
    private final EvaluationSums evaluation;
    private final double objective;
    private final PointEvaluation point;

    Evaluated(EvaluationSums evaluation, double objective, PointEvaluation point) {
      this.evaluation = evaluation;
      this.objective = objective;
      this.point = point;
    }

    @Override
    public Optional<EvaluationSums> evaluation() {
      return Optional.of(evaluation);
    }

    @Override
    public Measurements measured() {
      return Measurements.none();
    }

    @Override
    public OptionalDouble objective() {
      return OptionalDouble.of(objective);
    }

    @Override
    public Next next() {
      isWarm = false;
      if (runaway().isPresent() && search.ending().isEmpty()) {
        search = new Search.Ended(search.best(), Search.Ending.UNBOUNDED);
      }
      if (!dependence.isKnown() && search.ending().isEmpty()) {
        point.hessian().ifPresent(first -> dependence = dependence.ofHessian(first));
      }
      if (search.ending().isEmpty()) {
        search = search.next(point);
      }
      return new Next(search.point(), search.best(), search.ending());
    }
  }
}
