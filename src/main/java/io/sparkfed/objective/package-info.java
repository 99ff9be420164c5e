/**
 * A loss coupled to rows, penalty and shape: the only place where scores meet features. Runs at
 * workers.
 *
 * <p>Symbols: n rows {@code x_i} with label {@code y_i} and weight {@code c_i}; coefficients {@code
 * w} in the units of the {@link io.sparkfed.model.Scaling}; {@code l} the loss.
 */
package io.sparkfed.objective;
