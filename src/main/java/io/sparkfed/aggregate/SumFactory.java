package io.sparkfed.aggregate;

/**
 * Opens sums of vectors, one for each purpose: a sum may adapt itself to what travels through it.
 */
@FunctionalInterface
public interface SumFactory {

  /** Returns a sum of vectors of one purpose and layout. */
  VectorSum sumOf(Layout layout);
}
