/**
 * Differential privacy as arithmetic: what releases with Gaussian noise cost, and the noise itself.
 * It knows no sum, no owner and no configuration; it runs at workers and at the driver alike.
 *
 * <p>Symbols: {@code D} is the L2 sensitivity of a release, {@code sigma} the standard deviation of
 * its noise, {@code mu = D / sigma}, {@code rho = mu^2 / 2}. Two data sets are neighbors if one has
 * one row more than the other.
 *
 * <p>Own code, because Google's library of differential privacy for Java has no accountant for
 * Gaussian releases, and its noise draws from a {@code SecureRandom} that can't be handed in: a
 * task that runs again would send other noise. Neither Commons Math nor Commons RNG has a discrete
 * Gaussian.
 */
package io.sparkfed.privacy;
