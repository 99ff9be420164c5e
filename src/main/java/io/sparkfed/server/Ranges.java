package io.sparkfed.server;

/** The ranges of server optimizers' parameters. */
final class Ranges {
  private Ranges() {}

  static void requireRate(double learningRate) {
    requirePositive("the server's learning rate", learningRate);
  }

  static void requirePositive(String name, double value) {
    if (!(value > 0.0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + " must be > 0 and finite. Provided value: " + value);
    }
  }

  static void requireDecay(String name, double value) {
    if (!(value >= 0.0 && value < 1.0)) {
      throw new IllegalArgumentException(name + " must be in [0, 1). Provided value: " + value);
    }
  }
}
