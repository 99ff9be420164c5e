package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.config.ConfigFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannedNoiseTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE;

  @TempDir Path folder;

  private List<String> lines(int coefficients, int workers, String... arguments) {
    return PlannedNoise.lines(
        new ConfigFiles(folder).load(LEAST, arguments), coefficients, workers);
  }

  /**
   * By hand: of rho = .0305566 (of the published table) .02 are for lengths, 1 / sqrt(2 *
   * .000611132) = 28.60. Of the rest 0.2 for products gives 1 / sqrt(2 * .00598909) = 9.137, and an
   * eighth of 0.8 gives 1 / sqrt(2 * .00299455) = 12.92.
   */
  @Test
  void lines_oneHonestWorkerOfOne_areTheTableOfTheAccountant() {
    assertEquals(
        List.of(
            "privacy: rows, epsilon 1, delta 1e-5 (rho 0.0306), by the noise of at least 1 of 1"
                + " workers; standard deviations, where 1 is what one row adds at most:",
            "  lengths of rows                  sigma 28.60",
            "  products of features             sigma 9.137",
            "  each of 8 gradients              sigma 12.92",
            "  a mean gradient of 486 rows gets noise as long as 0.0995 of the longest row's",
            "  figures of test rows             sigma 4.045"),
        lines(
            14,
            1,
            "privacy.delta=1e-5",
            "privacy.rows=486",
            "privacy.honest-workers=1",
            "data.split.test-fraction=0.3"));
  }

  /** By hand: a tenth of rho is 1 / sqrt(2 * .00305566); the other releases have .9 of theirs. */
  @Test
  void lines_figuresOfTrainingRows_areOfTheBudgetOfTheFit() {
    assertEquals(
        List.of(
            "  lengths of rows                  sigma 30.15",
            "  products of features             sigma 9.631",
            "  each of 8 gradients              sigma 13.62",
            "  a mean gradient of 486 rows gets noise as long as 0.105 of the longest row's",
            "  figures of training rows         sigma 12.79",
            "  no test rows: no figure of them is told"),
        lines(
                14,
                1,
                "privacy.delta=1e-5",
                "privacy.rows=486",
                "privacy.honest-workers=1",
                "privacy.evaluation-share=0.1")
            .stream()
            .skip(1)
            .toList());
  }

  /** Each of four workers adds a half of the variance that two honest ones bring: root 2 of it. */
  @Test
  void lines_moreWorkersThanHonestOnes_haveTheirNoiseToo() {
    List<String> lines =
        lines(
            14,
            4,
            "privacy.delta=1e-5",
            "privacy.honest-workers=2",
            "algorithm.preset=private-statistics");

    assertEquals("  number of rows                   sigma 57.21", lines.get(1));
    assertEquals("  products of features and labels  sigma 5.749", lines.get(2));
    assertEquals("  no test rows: no figure of them is told", lines.get(3));
  }

  /**
   * By hand: sigma 4.045 on each number, of sums that a row moves by .99682, where a row's outcome
   * counts 37/64; two numbers have the rows that are right, so 4.045 * .99682 * 64/37 * sqrt(2) /
   * 208 = .0474. A person's two rows move the sums twice as far.
   */
  @Test
  void lines_classifier_tellHowExactAnAccuracyWillBe() {
    String[] known = {
      "privacy.rows=486", "data.split.test-fraction=0.3", "privacy.honest-workers=1"
    };
    assertEquals(
        "  accuracy of about 208 test rows: expected error by noise at most +-0.047",
        ofClasses(known));
    assertEquals(
        "  noise would hide the figures of about 20 test rows",
        ofClasses("privacy.rows=180", "data.split.test-fraction=0.1", "privacy.honest-workers=1"));
    assertEquals(
        "  accuracy of 1000 test rows: expected error by noise at most +-0.0099; of ten times as"
            + " many a tenth of that",
        ofClasses("data.split.test-fraction=0.3", "privacy.honest-workers=1"));
    assertEquals(
        "  accuracy of 1000 test rows: expected error by noise at most +-0.020; of ten times as"
            + " many a tenth of that",
        ofClasses(
            "data.split.test-fraction=0.3",
            "privacy.honest-workers=1",
            "privacy.person-column=p",
            "privacy.rows-per-person=2"));
  }

  private String ofClasses(String... arguments) {
    String text =
        ConfigFiles.LEAST
            + ConfigFiles.PRIVATE.replace(", label-bounds = [0, 1]", "").replace("1e-6", "1e-5")
            + "model.family = logistic\n";
    List<String> lines = PlannedNoise.lines(new ConfigFiles(folder).load(text, arguments), 3, 1);
    return lines.get(lines.size() - 1);
  }
}
