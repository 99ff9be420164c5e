package io.sparkfed.model;

import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.loss.GammaLoss;
import io.sparkfed.loss.HingeLoss;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.PoissonLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.SquaredHingeLoss;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import java.util.Optional;

/**
 * The model families: for each the loss it is trained with and all that is known of it before rows
 * are seen.
 *
 * <p>What needs a layer above this one asks by the constant, in one place for each layer: its
 * metrics and its distribution in {@code evaluation}, and MLlib's name of it in {@code spark.ml}.
 */
public enum Family {
  /** Least squares. */
  LINEAR(
      SquaredLoss.INSTANCE,
      Link.IDENTITY,
      ObjectiveKind.IN_UNITS_OF_LABELS,
      Prediction.MEAN,
      "meanSquaredError",
      DrawnLabels::around) {
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 2.0;
    }

    @Override
    public boolean isQuadratic() {
      return true;
    }
  },

  /** Binary logistic regression, labels 0 and 1. */
  LOGISTIC(
      LogisticLoss.INSTANCE,
      Link.LOGIT,
      ObjectiveKind.LIKELIHOOD,
      Prediction.BY_PROBABILITY,
      "logLoss",
      DrawnLabels::ofTwoClasses) {
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return shape.hasIntercept() && meanLabel > 0.0 && meanLabel < 1.0
          ? meanLabel * (1.0 - meanLabel)
          : 0.25;
    }

    @Override
    public double typicalLoss(LabelTotals labels) {
      return ofRarity(Math.min(labels.mean(), 1.0 - labels.mean()));
    }

    @Override
    Optional<String> whyNoIntercept(LabelTotals labels) {
      double ones = labels.sums()[0];
      return ones == 0.0 || ones == labels.weight()
          ? Optional.of("all labels are " + (ones == 0.0 ? 0 : 1))
          : Optional.empty();
    }
  },

  /** Multinomial logistic regression, labels 0 to K - 1. */
  SOFTMAX(
      null,
      Link.NONE,
      ObjectiveKind.LIKELIHOOD,
      Prediction.OF_LARGEST,
      "logLoss",
      DrawnLabels::ofClasses) {
    @Override
    public VectorLoss loss(int classes, double huberDelta) {
      return new SoftmaxLoss(classes);
    }

    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 1.0 / shape.outputs();
    }

    @Override
    public double typicalLoss(LabelTotals labels) {
      return ofRarity(1.0 - labels.largestShare());
    }

    @Override
    Optional<String> whyNoIntercept(LabelTotals labels) {
      return labels.missingClasses();
    }

    @Override
    public Message adviceOnRunaway() {
      return Message.of("such labels need no model, such a class no place in ", Hint.CLASSES);
    }
  },

  /** Linear support vector machine with the hinge loss, labels 0 and 1. */
  SVM(
      HingeLoss.INSTANCE,
      Link.NONE,
      ObjectiveKind.KINKED,
      Prediction.BY_MARGIN,
      "hingeLoss",
      DrawnLabels::ofTwoClasses) {
    /** The loss has none, and any number orders the features as well. */
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 1.0;
    }
  },

  /** Linear support vector machine with the squared hinge loss, labels 0 and 1. */
  SQUARED_HINGE(
      SquaredHingeLoss.INSTANCE,
      Link.NONE,
      ObjectiveKind.IN_UNITS_OF_LABELS,
      Prediction.BY_MARGIN,
      "squaredHingeLoss",
      DrawnLabels::ofTwoClasses) {
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 2.0;
    }
  },

  /** Poisson regression with the log link, labels from 0. */
  POISSON(
      PoissonLoss.INSTANCE,
      Link.LOG,
      ObjectiveKind.LIKELIHOOD,
      Prediction.MEAN,
      "meanDeviance",
      DrawnLabels::count) {
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return shape.hasIntercept() && meanLabel > 0.0 ? meanLabel : 1.0;
    }

    @Override
    public double typicalLoss(LabelTotals labels) {
      return ofRarity(labels.mean());
    }

    @Override
    public double rounding(LabelTotals labels) {
      double mean = labels.mean();
      return mean > 0.0 ? ROUNDING_OF_TERMS * mean * ofScores(mean) : 0.0;
    }

    @Override
    Optional<String> whyNoIntercept(LabelTotals labels) {
      return labels.sums()[0] == 0.0 ? Optional.of("all labels are 0") : Optional.empty();
    }
  },

  /** Robust regression with Huber's loss. */
  HUBER(
      new HuberLoss(HuberLoss.DEFAULT_DELTA),
      Link.IDENTITY,
      ObjectiveKind.IN_UNITS_OF_LABELS,
      Prediction.MEAN,
      "huberLoss",
      DrawnLabels::around) {
    @Override
    public VectorLoss loss(int classes, double huberDelta) {
      return new HuberLoss(huberDelta);
    }

    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 1.0;
    }
  },

  /** Gamma regression with the log link, labels above 0. */
  GAMMA(
      GammaLoss.INSTANCE,
      Link.LOG,
      ObjectiveKind.LIKELIHOOD,
      Prediction.MEAN,
      "meanDeviance",
      DrawnLabels::positive) {
    @Override
    public double startingCurvature(ModelShape shape, double meanLabel) {
      return 1.0;
    }

    @Override
    public double typicalLoss(LabelTotals labels) {
      return 1.0;
    }

    @Override
    public double rounding(LabelTotals labels) {
      double mean = labels.mean();
      return mean > 0.0 ? ROUNDING_OF_TERMS * ofScores(mean) : 0.0;
    }

    @Override
    public boolean dividesLabels() {
      return true;
    }
  };

  private static final double ROUNDING_OF_TERMS = 4.0 * 0x1p-52;

  private final Loss loss;
  private final Link link;
  private final ObjectiveKind kind;
  private final Prediction prediction;
  private final String lossMetric;
  private final DrawnLabels labels;

  Family(
      Loss loss,
      Link link,
      ObjectiveKind kind,
      Prediction prediction,
      String lossMetric,
      DrawnLabels labels) {
    this.loss = loss;
    this.link = link;
    this.kind = kind;
    this.prediction = prediction;
    this.lossMetric = lossMetric;
    this.labels = labels;
  }

  /**
   * Returns the family's one-score loss, with the default of its parameter.
   *
   * @throws IllegalStateException for softmax, whose loss has a score for each class
   */
  public Loss loss() {
    if (loss == null) {
      throw new IllegalStateException("softmax has no loss of one score");
    }
    return loss;
  }

  /**
   * Returns the family's loss.
   *
   * @param classes number of classes K, at least 2; used by softmax alone
   * @param huberDelta where Huber's loss turns into a line, positive; used by it alone
   * @throws IllegalArgumentException if a parameter that is used is out of range
   */
  public VectorLoss loss(int classes, double huberDelta) {
    return loss;
  }

  /** Returns the loss with any parameters, for what doesn't depend on them. */
  private VectorLoss anyLoss() {
    return loss(2, HuberLoss.DEFAULT_DELTA);
  }

  /** Returns the type of the family's loss, whatever its parameter. */
  public Class<? extends VectorLoss> lossType() {
    return anyLoss().getClass();
  }

  /** Returns how the mean response belongs to the score. */
  public Link link() {
    return link;
  }

  /** Returns whether the mean response is the exponential of the score. */
  public boolean hasLogLink() {
    return link == Link.LOG;
  }

  /** Returns what size the numbers of its objective are of. */
  public ObjectiveKind kind() {
    return kind;
  }

  /** Returns what is predicted of scores. */
  Prediction prediction() {
    return prediction;
  }

  /** Returns the name of the metric that the mean training loss is compared with. */
  public String lossMetric() {
    return lossMetric;
  }

  /** Returns whether the label is a class rather than a quantity. */
  public boolean isClassifier() {
    return prediction != Prediction.MEAN;
  }

  /** Returns whether there is a score for each class. */
  public boolean isMultinomial() {
    return prediction == Prediction.OF_LARGEST;
  }

  /** Returns whether one score decides between two classes. */
  public boolean hasThreshold() {
    return !Double.isNaN(threshold());
  }

  /**
   * Returns whether the score makes the probability of class 1: what the threshold is of and rows
   * are ranked by for an AUC, and what labels that are shares of successes are about.
   */
  public boolean isBinomial() {
    return prediction == Prediction.BY_PROBABILITY;
  }

  /**
   * Returns the threshold of two classes where nobody sets one, as in Spark ML: of the probability,
   * or of a support vector machine's score; NaN for other families.
   */
  public double threshold() {
    return prediction.threshold();
  }

  /** Returns whether the loss is curved everywhere, in every direction that changes it. */
  public boolean isCurved() {
    return anyLoss().isCurved();
  }

  /** Returns whether the loss is a parabola of the score, so that one step reaches the optimum. */
  public boolean isQuadratic() {
    return false;
  }

  /**
   * Returns whether the likelihood's equation of an intercept is of labels divided by their means,
   * not of labels less their means.
   */
  public boolean dividesLabels() {
    return false;
  }

  /**
   * Returns about a row's curvature in its score at the start, where every row has about the same.
   *
   * @param meanLabel NaN where nobody knows
   */
  public abstract double startingCurvature(ModelShape shape, double meanLabel);

  /**
   * Returns a mean loss that is no small one; infinite where nobody knows. A mean log-likelihood is
   * of the size of 1, but for counts that hardly ever are above 0 and classes that nearly all rows,
   * by weight, are of.
   */
  public double typicalLoss(LabelTotals totals) {
    return Double.POSITIVE_INFINITY;
  }

  /**
   * Returns by how much a mean loss may be off by rounding alone; 0 where nobody knows. With a log
   * link a row's loss is a small difference of terms as large as its label, of which Poisson's
   * multiplies the score.
   */
  public double rounding(LabelTotals totals) {
    return 0.0;
  }

  /**
   * Says why an intercept, which is never penalized, would grow for ever; empty where the labels
   * don't make it.
   */
  public final Optional<String> runaway(LabelTotals totals) {
    return totals.shape().hasIntercept() ? whyNoIntercept(totals) : Optional.empty();
  }

  /** Says which labels no intercept fits; empty where one does. */
  Optional<String> whyNoIntercept(LabelTotals totals) {
    return Optional.empty();
  }

  /** Returns what to do about labels that are the reason of {@link #runaway}. */
  public Message adviceOnRunaway() {
    return Message.of("such labels need no model");
  }

  /**
   * Draws a label for a generated row.
   *
   * @param scores the scores of the row, length K
   */
  public double drawLabel(double[] scores, SeededRandom random) {
    return labels.draw(scores, random);
  }

  private static double ofRarity(double share) {
    return share > 0.0 ? Math.min(1.0, share) : 1.0;
  }

  private static double ofScores(double mean) {
    return 1.0 + Math.abs(Math.log(mean));
  }
}
