/**
 * Pointwise losses in score space. A loss knows the score of a row and its label and nothing else:
 * no features, no penalty, no worker. Runs at workers.
 *
 * <p>Symbols: {@code s} the score (margin) of a row, {@code y} its label. Values are minimised and
 * gradients point uphill.
 */
package io.sparkfed.loss;
