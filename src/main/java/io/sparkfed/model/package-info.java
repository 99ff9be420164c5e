/**
 * What a linear model is: its shape, its coefficients, the scaling of its features and how they are
 * made of columns. Values only, used at workers and at the driver.
 *
 * <p>Symbols: {@code p} features, {@code K} outputs; a coefficient vector has length {@code K p},
 * or {@code K (p + 1)} with intercepts. Only {@link io.sparkfed.model.ModelShape} knows where they
 * lie.
 */
package io.sparkfed.model;
