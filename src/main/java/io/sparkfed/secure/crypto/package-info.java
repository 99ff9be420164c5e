/**
 * Cryptographic building blocks: thin, misuse-resistant faces of library primitives, and Shamir's
 * scheme over a 61-bit prime field. Used at workers, aggregators and the driver.
 *
 * <p>Secrets here come from key stores or {@link java.security.SecureRandom}; {@code
 * io.sparkfed.math.SeededRandom} has no place in this package.
 */
package io.sparkfed.secure.crypto;
