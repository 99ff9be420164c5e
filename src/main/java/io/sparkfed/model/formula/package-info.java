/**
 * Model formulas in R's notation: {@code y ~ age + sex:bmi + log(ldl)}.
 *
 * <p>A {@link io.sparkfed.model.formula.Formula} is read from its text and expanded into {@link
 * io.sparkfed.model.formula.Term}s, products of categories and of {@link
 * io.sparkfed.model.formula.Expression}s of numbers, once it is known which columns hold
 * categories. Nothing here sees a row but {@link io.sparkfed.model.formula.Expression#value}, which
 * runs at the worker.
 */
package io.sparkfed.model.formula;
