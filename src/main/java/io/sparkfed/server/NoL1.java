package io.sparkfed.server;

/** The refusal that optimizers of smooth objectives share. */
final class NoL1 {
  private NoL1() {}

  static void require(double[] l1, String who) {
    for (double penalty : l1) {
      if (penalty != 0.0) {
        throw new IllegalArgumentException(who + " can't have an L1 penalty");
      }
    }
  }
}
