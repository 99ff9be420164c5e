package io.sparkfed.evaluation;

/**
 * Sums over all training rows at a fitted model, by instance weight; a weight counts as so many
 * copies of its row, or is the number of trials that the row is about.
 *
 * @param rows sum of weights, or the number of rows with trials
 * @param deviance of the model
 * @param nullDeviance of the model with an intercept alone, or of score 0 without one
 * @param pearson sum of squared Pearson residuals
 * @param labelTerm see {@link ResponseDistribution#labelTerm}
 * @param scoreTerm see {@link ResponseDistribution#scoreTerm}
 */
public record FitSums(
    double rows,
    double deviance,
    double nullDeviance,
    double pearson,
    double labelTerm,
    double scoreTerm) {}
