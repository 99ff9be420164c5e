/**
 * The one place where a configuration becomes the objects of a training: presets fill the slots of
 * a round, modes open their sums, keys are looked up ({@link io.sparkfed.recipe.Presets}). Runs at
 * the driver.
 */
package io.sparkfed.recipe;
