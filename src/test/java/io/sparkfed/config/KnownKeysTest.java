package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KnownKeysTest {
  private static final Config REFERENCE =
      ConfigFactory.parseResources(KnownKeysTest.class, "reference.conf");

  static Set<String> all() {
    return KnownKeys.all();
  }

  private static ConfigValue at(Config config, String path) {
    ConfigValue value = config.root();
    for (String name : ConfigUtil.splitPath(path)) {
      value = ((ConfigObject) value).get(name);
    }
    return value;
  }

  @ParameterizedTest
  @MethodSource("all")
  void under_everyKeyAndSection_isItsPartOfTheReferenceWithComments(String path) {
    String shown = KnownKeys.under(path);

    Config parsed = ConfigFactory.parseString(shown);
    ConfigValue value = at(parsed, path);
    assertEquals(at(REFERENCE, path), value);
    assertEquals(value.atPath(path), parsed, "nothing else");
    boolean isSectionOfSections = path.equals("tracking");
    String first = shown.lines().findFirst().orElseThrow();
    boolean isTopSection = !path.contains(".") && value instanceof ConfigObject;
    assertTrue(first.startsWith("# ") || isTopSection || isSectionOfSections, shown);
  }

  @Test
  void under_nothing_isTheWholeReference() {
    String shown = KnownKeys.under("");

    assertEquals(REFERENCE, ConfigFactory.parseString(shown));
    assertTrue(shown.startsWith("# Every key"), shown);
  }

  @Test
  void under_aKey_hasItsCommentAndFullName() {
    assertEquals(
        """
        # sgd: momentum, in [0, 1); it starts anew in each round.
        algorithm.local.momentum = 0.0""",
        KnownKeys.under("algorithm.local.momentum"));
  }

  @Test
  void under_keysThatShareAComment_haveItEach() {
    List<String> shown =
        List.of(KnownKeys.under("data.path"), KnownKeys.under("data.worker-column"));

    for (String each : shown) {
      assertTrue(each.startsWith("# 2. One table"), each);
      assertEquals(1, each.lines().filter(line -> !line.startsWith("#")).count(), each);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "data.workers.basel.hosts, data.workers",
    "data.categorical.rank, data.categorical",
    "predictions.options.sep, predictions.options"
  })
  void under_aNameOfTheUsersOwn_isItsSection(String path, String section) {
    assertEquals(KnownKeys.under(section), KnownKeys.under(path));
  }

  @ParameterizedTest
  @CsvSource({
    "algoritm, algorithm",
    "algorithm.local.stepsize, algorithm.local.step-size",
    "momentum, model",
    "Data, data"
  })
  void under_anUnknownKey_isRefusedWithTheNearest(String path, String nearest) {
    String message =
        assertThrows(ConfigurationException.class, () -> KnownKeys.under(path)).getMessage();

    assertEquals("unknown key " + path + "; the nearest known key is " + nearest, message);
  }
}
