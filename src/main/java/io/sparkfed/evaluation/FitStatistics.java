package io.sparkfed.evaluation;

import io.sparkfed.math.SymmetricMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.AbstractRealDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * What statistics says of an unpenalized maximum-likelihood fit, as R's {@code summary(glm)} does.
 *
 * <p>Standard errors are the roots of the diagonal of {@code dispersion * I^-1}, with Fisher's
 * information I. The dispersion is 1 for binomial and Poisson labels and otherwise the squared
 * Pearson residuals over the residual degrees of freedom; then statistics follow Student's t with
 * these degrees, else the normal distribution (Wald).
 *
 * @param rows sum of instance weights n; with numbers of trials as weights the number of rows
 * @param parameters number k of coefficients that were estimated
 * @param residualDegrees n - k
 * @param nullDegrees n - 1, or n without an intercept
 * @param deviance of the model
 * @param nullDeviance of the intercept alone
 * @param dispersion 1 or the estimate
 * @param logLikelihood at the maximum
 * @param aic {@code -2 logLikelihood + 2 (k + 1 if the dispersion was estimated)}
 * @param r2 {@code 1 - deviance / nullDeviance}: R² of a linear model, otherwise the share of the
 *     null deviance that is explained
 * @param test z or t
 * @param confidenceLevel of the intervals, in (0, 1)
 * @param countsNoise whether errors are those of a fit with noise, and count it; then there is
 *     nothing but rows, parameters and coefficients, and what else is a number is NaN
 * @param coefficients in the order of the model's: weights, then the intercept; none for a model of
 *     several outputs
 */
public record FitStatistics(
    double rows,
    int parameters,
    double residualDegrees,
    double nullDegrees,
    double deviance,
    double nullDeviance,
    double dispersion,
    double logLikelihood,
    double aic,
    double r2,
    String test,
    double confidenceLevel,
    boolean countsNoise,
    List<Coefficient> coefficients) {

  /**
   * One coefficient. All but the estimate are NaN where it was not estimated, as of a constant
   * column.
   *
   * @param name the feature, or {@code (Intercept)}
   * @param estimate the coefficient
   * @param standardError its standard error
   * @param statistic estimate over standard error
   * @param pValue two-sided, of the hypothesis that it is 0
   * @param lower lower end of the confidence interval
   * @param upper upper end of the confidence interval
   */
  public record Coefficient(
      String name,
      double estimate,
      double standardError,
      double statistic,
      double pValue,
      double lower,
      double upper) {}

  /**
   * Computes the statistics.
   *
   * @param estimates the coefficients in the units of the columns, weights first
   * @param hasIntercept whether the last of them is an intercept
   * @param unscaled {@code I^-1} for dispersion 1, in the same units; 0 on the diagonal where a
   *     coefficient was not estimated
   * @throws IllegalArgumentException if there are not more rows than coefficients, or the
   *     confidence level is not in (0, 1)
   */
  public static FitStatistics of(
      ResponseDistribution distribution,
      FitSums sums,
      double[] estimates,
      boolean hasIntercept,
      SymmetricMatrix unscaled,
      double confidenceLevel) {
    double[] variances = unscaled.diagonal();
    int parameters = 0;
    for (double variance : variances) {
      parameters += variance > 0.0 ? 1 : 0;
    }
    double residualDegrees = sums.rows() - parameters;
    if (!(residualDegrees > 0.0)) {
      throw new IllegalArgumentException("there must be more rows than coefficients");
    }
    boolean free = distribution.hasFreeDispersion();
    double dispersion = free ? sums.pearson() / residualDegrees : 1.0;
    AbstractRealDistribution reference =
        free ? new TDistribution(null, residualDegrees) : new NormalDistribution(null, 0.0, 1.0);
    double[] errors = new double[variances.length];
    for (int j = 0; j < errors.length; j++) {
      errors[j] = variances[j] > 0.0 ? Math.sqrt(dispersion * variances[j]) : Double.NaN;
    }
    double logLikelihood = distribution.logLikelihood(sums);
    return new FitStatistics(
        sums.rows(),
        parameters,
        residualDegrees,
        sums.rows() - (hasIntercept ? 1.0 : 0.0),
        sums.deviance(),
        sums.nullDeviance(),
        dispersion,
        logLikelihood,
        2.0 * (parameters + (free ? 1 : 0)) - 2.0 * logLikelihood,
        1.0 - sums.deviance() / sums.nullDeviance(),
        free ? "t" : "z",
        confidenceLevel,
        false,
        coefficients(estimates, errors, hasIntercept, reference, confidenceLevel));
  }

  /**
   * Returns the statistics of a fit with noise, which follow the normal distribution: those of its
   * coefficients alone.
   *
   * @param rows how many there are, with noise or not
   * @param estimates the coefficients in the units of the columns, weights first
   * @param errors their standard errors, which count the noise
   * @param hasIntercept whether the last of them is an intercept
   * @throws IllegalArgumentException if the confidence level is not in (0, 1)
   */
  public static FitStatistics withNoise(
      double rows,
      double[] estimates,
      double[] errors,
      boolean hasIntercept,
      double confidenceLevel) {
    return new FitStatistics(
        rows,
        estimates.length,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        "z",
        confidenceLevel,
        true,
        coefficients(
            estimates,
            errors,
            hasIntercept,
            new NormalDistribution(null, 0.0, 1.0),
            confidenceLevel));
  }

  private static List<Coefficient> coefficients(
      double[] estimates,
      double[] errors,
      boolean hasIntercept,
      AbstractRealDistribution reference,
      double confidenceLevel) {
    if (!(confidenceLevel > 0.0 && confidenceLevel < 1.0)) {
      throw new IllegalArgumentException(
          "the confidence level must be in (0, 1). Provided value: " + confidenceLevel);
    }
    double quantile = reference.inverseCumulativeProbability(0.5 + confidenceLevel / 2.0);
    List<Coefficient> coefficients = new ArrayList<>();
    for (int j = 0; j < estimates.length; j++) {
      double error = errors[j];
      double statistic = estimates[j] / error;
      coefficients.add(
          new Coefficient(
              hasIntercept && j == estimates.length - 1 ? "(Intercept)" : "feature " + (j + 1),
              estimates[j],
              error,
              statistic,
              Double.isNaN(statistic)
                  ? Double.NaN
                  : 2.0 * reference.cumulativeProbability(-Math.abs(statistic)),
              estimates[j] - quantile * error,
              estimates[j] + quantile * error));
    }
    return List.copyOf(coefficients);
  }

  /**
   * Returns the statistics of a multinomial fit as a whole; empty where weights don't sum to more
   * than the number of parameters. Its coefficients, one of which is redundant, have none.
   *
   * @param classWeights sum of the weights of each class
   * @param meanLoss mean negative log-likelihood at the optimum
   * @param parameters number of coefficients that are estimated, without the redundant ones
   */
  public static Optional<FitStatistics> ofClasses(
      double[] classWeights,
      double meanLoss,
      int parameters,
      boolean hasIntercept,
      double confidenceLevel) {
    double rows = Arrays.stream(classWeights).sum();
    if (!(rows > parameters)) {
      return Optional.empty();
    }
    int classes = classWeights.length;
    double nullDeviance = hasIntercept ? 0.0 : 2.0 * rows * Math.log(classes);
    if (hasIntercept) {
      for (double weight : classWeights) {
        nullDeviance -= weight > 0.0 ? 2.0 * weight * Math.log(weight / rows) : 0.0;
      }
    }
    double deviance = 2.0 * rows * meanLoss;
    return Optional.of(
        new FitStatistics(
            rows,
            parameters,
            rows - parameters,
            rows - (hasIntercept ? classes - 1.0 : 0.0),
            deviance,
            nullDeviance,
            1.0,
            -deviance / 2.0,
            deviance + 2.0 * parameters,
            1.0 - deviance / nullDeviance,
            "z",
            confidenceLevel,
            false,
            List.of()));
  }

  /**
   * Returns the same with the features' names.
   *
   * @throws IllegalArgumentException if there are not as many as features
   */
  public FitStatistics named(List<String> features) {
    if (coefficients.isEmpty()) {
      return this;
    }
    List<Coefficient> named = new ArrayList<>();
    for (int j = 0; j < coefficients.size(); j++) {
      Coefficient c = coefficients.get(j);
      named.add(
          new Coefficient(
              j < features.size() ? features.get(j) : c.name(),
              c.estimate(),
              c.standardError(),
              c.statistic(),
              c.pValue(),
              c.lower(),
              c.upper()));
    }
    if (named.size() - features.size() > 1 || named.size() < features.size()) {
      throw new IllegalArgumentException("there must be a name for each feature");
    }
    return new FitStatistics(
        rows,
        parameters,
        residualDegrees,
        nullDegrees,
        deviance,
        nullDeviance,
        dispersion,
        logLikelihood,
        aic,
        r2,
        test,
        confidenceLevel,
        countsNoise,
        List.copyOf(named));
  }
}
