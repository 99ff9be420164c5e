/**
 * What a linear model is: its shape, its coefficients, the scaling of its features and how they are
 * made of columns. Values only, used at workers and at the driver.
 *
 * <p>Symbols: {@code p} features; a coefficient vector has length {@code p}, or {@code p + 1} with
 * an intercept. Only {@link io.sparkfed.model.ModelShape} knows where the intercept lies.
 */
package io.sparkfed.model;
