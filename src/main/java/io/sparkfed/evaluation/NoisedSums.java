package io.sparkfed.evaluation;

import java.util.Arrays;
import java.util.List;

/**
 * {@link BoundedSums} over rows of all workers, with noise, as the driver has them.
 *
 * @param parts of the sums
 * @param sums all numbers, as they were opened
 * @param noise standard deviation of the noise on each of them
 * @param heaviest the weight of a row that counts 1
 */
public record NoisedSums(List<BoundedPart> parts, double[] sums, double noise, double heaviest) {

  /** Returns the sums of a part, in rows. */
  double[] of(int part) {
    int from = parts.subList(0, part).stream().mapToInt(BoundedPart::length).sum();
    double scale = parts.get(part).scale();
    return Arrays.stream(sums, from, from + parts.get(part).length()).map(v -> v / scale).toArray();
  }

  /** Returns the deviation of the noise on each of these. */
  double deviation(int part) {
    return noise / parts.get(part).scale();
  }

  /** Returns the sum of some numbers of a part. */
  Noised sum(int part, int... chosen) {
    double[] all = of(part);
    return new Noised(
        Arrays.stream(chosen).mapToDouble(at -> all[at]).sum(),
        deviation(part) * Math.sqrt(chosen.length));
  }
}
