package io.sparkfed.evaluation;

import io.sparkfed.loss.GammaLoss;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.PoissonLoss;
import io.sparkfed.model.Family;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.math3.special.Gamma;

/**
 * The distributions of a label given its score s, for families that are generalized linear models,
 * each with its link: what inference needs of them. Formulas: McCullagh and Nelder, "Generalized
 * Linear Models" (1989), tables 2.1 and section 2.3; likelihoods as R's {@code glm} takes them.
 *
 * <p>{@code m} is the mean, V(m) the variance function; everything is for dispersion 1. Deviances,
 * residuals, information and terms are computed at workers, links and likelihoods at the driver.
 */
public enum ResponseDistribution {
  /** Normal, identity link. */
  GAUSSIAN(Family.LINEAR, Dispersion.RESIDUAL) {
    @Override
    public double unitDeviance(double label, double score) {
      return (label - score) * (label - score);
    }

    @Override
    public double slope(double label, double score) {
      return score - label;
    }

    @Override
    public double information(double score) {
      return 1.0;
    }

    @Override
    public double squaredPearsonResidual(double label, double score) {
      return unitDeviance(label, score);
    }

    @Override
    double logLikelihood(FitSums sums) {
      return -0.5 * sums.rows() * (Math.log(2.0 * Math.PI * sums.deviance() / sums.rows()) + 1.0);
    }
  },
  /** Zero or one, or the share of ones among as many trials as the weight says; logit link. */
  BINOMIAL(Family.LOGISTIC, Dispersion.ONE) {
    @Override
    public double unitDeviance(double label, double score) {
      return 2.0 * (LogisticLoss.INSTANCE.value(score, label) + saturated(label));
    }

    @Override
    public double slope(double label, double score) {
      return LogisticLoss.INSTANCE.gradient(score, label);
    }

    @Override
    public double information(double score) {
      return LogisticLoss.INSTANCE.curvature(score, 0.0);
    }

    @Override
    public double squaredPearsonResidual(double label, double score) {
      if (label == 0.0 || label == 1.0) {
        // (y - m)² / (m (1 - m)) is exp(-s) for y = 1 and exp(s) for y = 0.
        return StrictMath.exp(label == 1.0 ? -score : score);
      }
      double slope = slope(label, score);
      return slope * slope / information(score);
    }

    /** The saturated model's log-likelihood, with the number of orders of the ones. */
    @Override
    public double labelTerm(double label, double weight) {
      if (label == 0.0 || label == 1.0) {
        return 0.0;
      }
      return Gamma.logGamma(weight + 1.0)
          - Gamma.logGamma(weight * label + 1.0)
          - Gamma.logGamma(weight * (1.0 - label) + 1.0)
          + weight * saturated(label);
    }

    /** {@code y log y + (1 - y) log(1 - y)}. */
    private static double saturated(double label) {
      return label > 0.0 && label < 1.0
          ? label * StrictMath.log(label) + (1.0 - label) * StrictMath.log1p(-label)
          : 0.0;
    }

    @Override
    double logLikelihood(FitSums sums) {
      return sums.labelTerm() - 0.5 * sums.deviance();
    }
  },
  /** Counts, log link. */
  POISSON(Family.POISSON, Dispersion.ONE) {
    @Override
    public double unitDeviance(double label, double score) {
      return 2.0 * PoissonLoss.INSTANCE.value(score, label);
    }

    @Override
    public double slope(double label, double score) {
      return PoissonLoss.INSTANCE.gradient(score, label);
    }

    @Override
    public double information(double score) {
      return PoissonLoss.INSTANCE.curvature(score, 0.0);
    }

    @Override
    public double squaredPearsonResidual(double label, double score) {
      double mean = PoissonLoss.INSTANCE.mean(score);
      return (label - mean) * (label - mean) / mean;
    }

    /** The saturated model's log-likelihood. */
    @Override
    public double labelTerm(double label, double weight) {
      return label == 0.0
          ? 0.0
          : weight * (label * StrictMath.log(label) - label - Gamma.logGamma(label + 1.0));
    }

    @Override
    double logLikelihood(FitSums sums) {
      return sums.labelTerm() - 0.5 * sums.deviance();
    }
  },
  /** Positive quantities whose deviation grows with the mean, log link. */
  GAMMA(Family.GAMMA, Dispersion.RESIDUAL) {
    @Override
    public double unitDeviance(double label, double score) {
      return 2.0 * GammaLoss.INSTANCE.value(score, label);
    }

    @Override
    public double slope(double label, double score) {
      return GammaLoss.INSTANCE.gradient(score, label);
    }

    @Override
    public double information(double score) {
      return 1.0;
    }

    @Override
    public double squaredPearsonResidual(double label, double score) {
      double slope = slope(label, score);
      return slope * slope;
    }

    @Override
    public double labelTerm(double label, double weight) {
      return weight * StrictMath.log(label);
    }

    @Override
    public double scoreTerm(double label, double score) {
      return score + label * StrictMath.exp(-score);
    }

    /** With the shape {@code a = n / deviance}, as R's {@code Gamma()$aic} has it. */
    @Override
    double logLikelihood(FitSums sums) {
      double shape = sums.rows() / sums.deviance();
      return (shape - 1.0) * sums.labelTerm()
          - shape * sums.scoreTerm()
          + sums.rows() * (shape * Math.log(shape) - Gamma.logGamma(shape));
    }
  };

  /** How the dispersion is found. */
  private enum Dispersion {
    ONE,
    RESIDUAL
  }

  private final Family family;
  private final Dispersion dispersion;

  ResponseDistribution(Family family, Dispersion dispersion) {
    this.family = family;
    this.dispersion = dispersion;
  }

  /** Returns the distribution of a family; empty for one that is no generalized linear model. */
  public static Optional<ResponseDistribution> of(Family family) {
    return Arrays.stream(values()).filter(one -> one.family == family).findAny();
  }

  /** Returns twice the log-likelihood that a row lacks to the saturated model. */
  public abstract double unitDeviance(double label, double score);

  /** Returns the derivative of half the unit deviance by the score. */
  public abstract double slope(double label, double score);

  /** Returns the expected second derivative, Fisher's information about the score. */
  public abstract double information(double score);

  /** Returns {@code (y - m)² / V(m)}. */
  public abstract double squaredPearsonResidual(double label, double score);

  /** Returns a row's part of a sum that the log-likelihood needs; 0 where it needs none. */
  public double labelTerm(double label, double weight) {
    return 0.0;
  }

  /** Returns a function of label and score that the log-likelihood needs the sum of. */
  public double scoreTerm(double label, double score) {
    return 0.0;
  }

  /** Returns the log-likelihood of a fit. */
  abstract double logLikelihood(FitSums sums);

  /** Returns whether the mean is the exponential of the score. */
  public boolean hasLogLink() {
    return family.hasLogLink();
  }

  /** Returns whether a unit deviance that overflows does so because the score is too low. */
  public boolean overflowsBelow() {
    return family.dividesLabels();
  }

  /** Returns whether the dispersion is estimated, so that statistics are t and not z. */
  boolean hasFreeDispersion() {
    return dispersion != Dispersion.ONE;
  }
}
