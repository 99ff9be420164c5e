package io.sparkfed.federated.survey;

/**
 * How common a level must be for the driver to be told of it.
 *
 * @param rows over all workers, at least 1
 * @param workers that have such rows, at least 1
 */
public record LeastOfLevel(long rows, int workers) {

  /**
   * @throws IllegalArgumentException if one isn't positive
   */
  public LeastOfLevel {
    if (rows < 1 || workers < 1) {
      throw new IllegalArgumentException(
          "a level must have at least one row and one worker. Provided: " + rows + ", " + workers);
    }
  }
}
