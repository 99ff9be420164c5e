package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.hint.Message;
import io.sparkfed.model.ModelShape;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descents on a paraboloid, with noise of deviation 1 on each number of a step. */
class ArrivalTest {
  private static final String SLOW = "not at its optimum";
  private static final String NOISE = "can't be told from noise";
  private static final int FITS = 400;

  /**
   * Returns in how many descents something is said.
   *
   * @param curvature times the length of a step
   * @param optimum where it is along each number, in deviations of a step
   * @param intercept where it is along the last, the intercept's, instead
   */
  private static int said(
      String what, int size, int rounds, double curvature, double optimum, double intercept) {
    Random random = new Random(17);
    int said = 0;
    for (int fit = 0; fit < FITS; fit++) {
      Course course = new Course(size, rounds);
      for (int round = 0; round < rounds; round++) {
        double[] next = course.iterate().clone();
        for (int j = 0; j < size; j++) {
          double there = j == size - 1 ? intercept : optimum;
          next[j] -= curvature * (next[j] - there) + random.nextGaussian();
        }
        course.to(next);
        if (round == rounds / 2) {
          course = resumed(course, size, rounds);
        }
      }
      double[] ofIntercept = new double[size];
      ofIntercept[size - 1] = 2.0;
      String told =
          new Arrival(new ModelShape(size - 1, true), ofIntercept, 1.0)
              .told(course)
              .map(Message::toString)
              .orElse("");
      said += told.contains(what) ? 1 : 0;
    }
    return said;
  }

  private static Course resumed(Course course, int size, int rounds) {
    Map<String, double[]> saved = new HashMap<>();
    course.save(saved);
    Course resumed = new Course(size, rounds);
    resumed.restore(saved, course.done());
    return resumed;
  }

  /** Steps that don't contract, too, and odd numbers of rounds. */
  @ParameterizedTest
  @CsvSource({"3, 8", "20, 8", "300, 8", "20, 3", "20, 5", "20, 7", "20, 40"})
  void told_begunAtTheOptimum_isNoiseAndNotSlow(int size, int rounds) {
    for (double curvature : new double[] {0.0, 0.05, 0.5, 1.0, 1.5, 1.9}) {
      int slow = said(SLOW, size, rounds, curvature, 0.0, 0.0);
      int noise = said(NOISE, size, rounds, curvature, 0.0, 0.0);

      assertTrue(slow <= FITS / 100, curvature + ": slow in " + slow);
      assertTrue(noise >= 0.97 * FITS, curvature + ": noise in " + noise);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 8, 40})
  void told_muchIsLeftOfTheWay_isSlow(int rounds) {
    double curvature = 0.3 / rounds;

    assertTrue(said(SLOW, 20, rounds, curvature, 10.0 / curvature, 0.0) >= 0.99 * FITS);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.0, 1.5})
  void told_reached_nothing(double curvature) {
    assertTrue(said(SLOW, 20, 8, curvature, 30.0, 30.0) <= FITS / 100);
    assertEquals(0, said(NOISE, 20, 8, curvature, 30.0, 30.0));
  }

  @Test
  void told_onlyTheInterceptIsFar_featuresSayNothing() {
    assertTrue(said(NOISE, 6, 8, 1.0, 0.0, 1000.0) >= 0.97 * FITS);
  }

  @Test
  void told_oneRound_nothingOfSpeed() {
    assertEquals(0, said(SLOW, 6, 1, 0.01, 1000.0, 1000.0));
  }
}
