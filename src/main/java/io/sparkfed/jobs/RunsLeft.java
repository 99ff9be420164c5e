package io.sparkfed.jobs;

import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** How many more runs an owner's privacy budget allows, for those who ask. */
final class RunsLeft {
  @Option(
      names = "--epsilon",
      arity = "0..1",
      fallbackValue = "0",
      paramLabel = "EPSILON",
      description =
          "Also tells how many more runs of this epsilon there can be; by default of the largest"
              + " that one run may have.")
  private Double epsilon;

  /** Returns the epsilon of a run; empty if nobody asks, 0 for the largest. */
  OptionalDouble epsilon() {
    return epsilon == null ? OptionalDouble.empty() : OptionalDouble.of(epsilon);
  }
}
