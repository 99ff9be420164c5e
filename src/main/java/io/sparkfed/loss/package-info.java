/**
 * Pointwise losses in score space. A loss knows the scores of a row and its label and nothing else:
 * no features, no penalty, no worker. Runs at workers.
 *
 * <p>Symbols: {@code s} the score (margin) of a row, or its K scores; {@code y} its label. Values
 * are minimized and gradients point uphill.
 */
package io.sparkfed.loss;
