package io.sparkfed.agent;

/** Tells the one who waits for an answer what is being done. */
@FunctionalInterface
public interface Progress {

  /**
   * Says it. The text leaves the owner's process: it holds nothing of a row.
   *
   * @param text a few words; what is longer than 200 characters is cut
   */
  void says(String text);
}
