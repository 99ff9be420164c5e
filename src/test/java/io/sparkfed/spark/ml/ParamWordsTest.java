package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.KeyWords;
import io.sparkfed.hint.Hint;
import io.sparkfed.model.Family;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParamWordsTest {
  private static final String OF_SETTINGS = " of the settings";
  private static final String OF_JOBS = " of jobs/train";

  /** Names of params as MLlib has them, and ours. */
  private static final Pattern PARAM = Pattern.compile("\\b(?:[a-z]+[A-Z]\\w*|rounds|preset)\\b");

  static Stream<Arguments> fits() {
    return Stream.of(
        Arguments.of(new FederatedLinearRegression(), Family.LINEAR),
        Arguments.of(new FederatedLogisticRegression(), Family.SOFTMAX),
        Arguments.of(new FederatedLinearSVC(), Family.SVM),
        Arguments.of(new FederatedGeneralizedLinearRegression(), Family.GAMMA),
        Arguments.of(new FederatedGeneralizedLinearRegression(), Family.POISSON));
  }

  /**
   * A key is said where it has an effect, a job's where it has none, a param where there is one.
   */
  @ParameterizedTest
  @MethodSource("fits")
  void of_anyHint_isWhatTheUserCanSet(HasFederation<?> estimator, Family family) {
    ParamWords words = new ParamWords(estimator, family, Set.of());
    for (Hint hint : Hint.values()) {
      String said = words.of(hint);
      String key = KeyWords.of(hint);
      boolean isHeeded = EstimatorSettings.heeds(key);
      assertEquals(isHeeded, said.equals(key + OF_SETTINGS), said);
      if (!isHeeded && !said.equals(key + OF_JOBS)) {
        assertFalse(said.contains("."), said);
        PARAM
            .matcher(said)
            .results()
            .map(MatchResult::group)
            .forEach(name -> assertTrue(estimator.hasParam(name), said));
      }
    }
  }

  @Test
  void of_penalty_isWhatIsLeftOfItForTheSquares() {
    FederatedLogisticRegression mixed = new FederatedLogisticRegression();
    mixed.setElasticNetParam(1.0);

    assertEquals("regParam", words(new FederatedLogisticRegression(), Family.LOGISTIC));
    assertEquals("regParam * (1 - elasticNetParam)", words(mixed, Family.LOGISTIC));
    assertEquals("regParam", words(new FederatedGeneralizedLinearRegression(), Family.LINEAR));
    assertEquals(
        "model.l2 of jobs/train",
        words(new FederatedGeneralizedLinearRegression(), Family.LOGISTIC));
  }

  @Test
  void of_setting_isSaidAsItWasSet() {
    FederatedLinearRegression estimator = new FederatedLinearRegression();
    estimator.setMaxIter(3);

    assertEquals("maxIter", new ParamWords(estimator, Family.LINEAR, Set.of()).of(Hint.ROUNDS));
    assertEquals(
        "algorithm.rounds",
        new ParamWords(estimator, Family.LINEAR, Set.of("algorithm.rounds")).of(Hint.ROUNDS));
    estimator.setRounds(2);
    assertEquals("rounds", new ParamWords(estimator, Family.LINEAR, Set.of()).of(Hint.ROUNDS));
  }

  private static String words(HasFederation<?> estimator, Family family) {
    return new ParamWords(estimator, family, Set.of()).of(Hint.L2);
  }
}
