/**
 * A loss coupled to rows, penalty and shape: the only place where a loss's slopes meet features.
 * Runs at workers.
 *
 * <p>Symbols: n rows {@code x_i} with label {@code y_i}, weight {@code c_i} and offset {@code o_i};
 * coefficients {@code w} of K outputs in the units of the {@link io.sparkfed.model.Scaling}; {@code
 * l} the loss.
 */
package io.sparkfed.objective;
