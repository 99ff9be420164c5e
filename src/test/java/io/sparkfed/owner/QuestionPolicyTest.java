package io.sparkfed.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuestionPolicyTest {
  private static final LocalDate TODAY = LocalDate.of(2027, 3, 1);
  private static final byte[] ANN = new byte[] {1, 2, 3};

  private static final Map<String, String> POLICY =
      Map.ofEntries(
          Map.entry("data.cardio.path", "/rows/cardio.csv"),
          Map.entry("data.cardio.options.sep", ";"),
          Map.entry("data.cardio.columns", "Age, bmi ,stage, ill,w"),
          Map.entry("data.cardio.labels", "ill"),
          Map.entry("data.cardio.categories", "stage"),
          Map.entry("data.cardio.filter.adults", "age  >= 18 AND name <> 'a  b'"),
          Map.entry("data.cardio.derive.Ratio", "bmi / age"),
          Map.entry("data.cardio.split.part", "train, test"),
          Map.entry("families", "logistic, linear"),
          Map.entry("algorithms", "fed-newton"),
          Map.entry("analysts", HexFormat.of().formatHex(ANN)),
          Map.entry("until", "2027-12-31"));

  private static final Asked ALLOWED =
      new Asked(
          Optional.of("cardio"),
          sorted(Map.of("options.sep", ";")),
          names("age", "stage", "ill", "w", "ratio"),
          names("ill"),
          names("stage"),
          Optional.of(new Asked.Split("part", "train", "test")),
          Optional.of("age >= 18\n AND name <> 'a  b'"),
          sorted(Map.of("ratio", "bmi / age")),
          "logistic",
          "fed-newton",
          5,
          2,
          false);

  private static SortedMap<String, String> sorted(Map<String, String> map) {
    return new TreeMap<>(map);
  }

  private static SortedSet<String> names(String... names) {
    return new TreeSet<>(List.of(names));
  }

  private static Study study(byte[] analyst, String until) {
    return new Study("n", "", until, new byte[0], analyst, new TreeMap<>(), List.of());
  }

  private static Optional<String> refusal(Asked asked) {
    return QuestionPolicy.of(POLICY).refusal(study(ANN, ""), asked, TODAY);
  }

  @Test
  void refusal_whatIsListed_isAllowed() {
    assertEquals(Optional.empty(), refusal(ALLOWED));
  }

  private static Arguments refused(String rule, UnaryOperator<Changed> change) {
    return Arguments.of(rule, change.apply(new Changed(ALLOWED)).asked);
  }

  /** A question that differs in one thing. */
  private record Changed(Asked asked) {
    Changed columns(String... more) {
      TreeSet<String> columns = new TreeSet<>(asked.columns());
      columns.addAll(List.of(more));
      return with(columns, asked.labels(), asked.categories());
    }

    Changed labels(String... labels) {
      return with(asked.columns(), names(labels), asked.categories());
    }

    Changed categories(String... categories) {
      return with(asked.columns(), asked.labels(), names(categories));
    }

    private Changed with(
        SortedSet<String> columns, SortedSet<String> labels, SortedSet<String> categories) {
      return new Changed(
          new Asked(
              asked.dataset(),
              asked.reading(),
              columns,
              labels,
              categories,
              asked.split(),
              asked.where(),
              asked.derived(),
              asked.family(),
              asked.algorithm(),
              asked.minLevelRows(),
              asked.minLevelWorkers(),
              asked.samplesWorkers()));
    }

    Changed sql(String where, Map<String, String> derived) {
      return rest(
          asked.dataset(), asked.reading(), asked.split(), Optional.of(where), sorted(derived));
    }

    Changed dataset(String name) {
      return rest(
          Optional.ofNullable(name),
          asked.reading(),
          asked.split(),
          asked.where(),
          asked.derived());
    }

    Changed reading(Map<String, String> reading) {
      return rest(asked.dataset(), sorted(reading), asked.split(), asked.where(), asked.derived());
    }

    Changed split(String column, String train, String test) {
      return rest(
          asked.dataset(),
          asked.reading(),
          Optional.of(new Asked.Split(column, train, test)),
          asked.where(),
          asked.derived());
    }

    private Changed rest(
        Optional<String> dataset,
        SortedMap<String, String> reading,
        Optional<Asked.Split> split,
        Optional<String> where,
        SortedMap<String, String> derived) {
      return new Changed(
          new Asked(
              dataset,
              reading,
              asked.columns(),
              asked.labels(),
              asked.categories(),
              split,
              where,
              derived,
              asked.family(),
              asked.algorithm(),
              asked.minLevelRows(),
              asked.minLevelWorkers(),
              asked.samplesWorkers()));
    }

    Changed sampled() {
      return new Changed(
          new Asked(
              asked.dataset(),
              asked.reading(),
              asked.columns(),
              asked.labels(),
              asked.categories(),
              asked.split(),
              asked.where(),
              asked.derived(),
              asked.family(),
              asked.algorithm(),
              asked.minLevelRows(),
              asked.minLevelWorkers(),
              true));
    }

    Changed levelsOfOneWorker() {
      return new Changed(
          new Asked(
              asked.dataset(),
              asked.reading(),
              asked.columns(),
              asked.labels(),
              asked.categories(),
              asked.split(),
              asked.where(),
              asked.derived(),
              asked.family(),
              asked.algorithm(),
              asked.minLevelRows(),
              1,
              false));
    }

    Changed model(String family, String algorithm, int minLevelRows) {
      return new Changed(
          new Asked(
              asked.dataset(),
              asked.reading(),
              asked.columns(),
              asked.labels(),
              asked.categories(),
              asked.split(),
              asked.where(),
              asked.derived(),
              family,
              algorithm,
              minLevelRows,
              asked.minLevelWorkers(),
              asked.samplesWorkers()));
    }
  }

  static List<Arguments> refused() {
    String where = ALLOWED.where().orElseThrow();
    Map<String, String> derived = ALLOWED.derived();
    return List.of(
        refused("data.cardio.columns", of -> of.columns("pid")),
        refused("data.cardio.labels", of -> of.labels("age")),
        refused("data.cardio.categories", of -> of.categories("stage", "age")),
        refused("data.cardio.filter", of -> of.sql("age = 31 and bmi > 24", derived)),
        refused("data.cardio.filter", of -> of.sql("age >= 18 AND name <> 'a b'", derived)),
        refused("data.cardio.filter", of -> of.sql("AGE >= 18 AND name <> 'a  b'", derived)),
        refused("data.cardio.derive", of -> of.sql(where, Map.of("ratio", "bmi / age + 1"))),
        refused(
            "data.cardio.derive",
            of -> of.sql(where, Map.of("ratio", "bmi / age", "w", "if(age = 31, 1, 1e-30)"))),
        // Computed or not, it is no column of the owner's.
        refused("data.cardio.columns", of -> of.sql(where, Map.of())),
        refused("data", of -> of.dataset("other")),
        refused("data", of -> of.dataset(null)),
        refused(
            "data.cardio.options.comment",
            of -> of.reading(Map.of("options.sep", ";", "options.comment", "5"))),
        refused("data.cardio.options.sep", of -> of.reading(Map.of())),
        refused(
            "data.cardio.format",
            of -> of.reading(Map.of("options.sep", ";", "format", "binaryFile"))),
        refused(
            "data.cardio.missing-values",
            of -> of.reading(Map.of("options.sep", ";", "missing-values", "31"))),
        refused("data.cardio.split", of -> of.split("pid", "train", "test")),
        refused("data.cardio.split", of -> of.split("part", "e1042", "test")),
        refused("families", of -> of.model("poisson", "fed-newton", 5)),
        refused("algorithms", of -> of.model("linear", "fed-avg", 5)),
        refused("least-level-rows", of -> of.model("linear", "fed-newton", 4)),
        refused("samples", of -> of.sampled()),
        refused("least-level-workers", of -> of.levelsOfOneWorker()));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusal_whatIsNotListed_namesTheRule(String rule, Asked asked) {
    assertEquals(Optional.of(rule), refusal(asked));
  }

  @Test
  void refusal_anotherAnalystOrTooLate_namesTheRule() {
    QuestionPolicy policy = QuestionPolicy.of(POLICY);

    assertEquals(
        Optional.of("analysts"), policy.refusal(study(new byte[] {9}, ""), ALLOWED, TODAY));
    assertEquals(Optional.of("analysts"), policy.refusal(study(new byte[0], ""), ALLOWED, TODAY));
    assertEquals(
        Optional.of("until"), policy.refusal(study(ANN, ""), ALLOWED, LocalDate.of(2028, 1, 1)));
    assertEquals(Optional.empty(), policy.refusal(study(ANN, "2027-03-01"), ALLOWED, TODAY));
    assertEquals(
        Optional.of("study.until"), policy.refusal(study(ANN, "2027-02-28"), ALLOWED, TODAY));
    assertEquals(LocalDate.of(2027, 3, 1), policy.lastDay(study(ANN, "2027-03-01")));
    assertEquals(LocalDate.of(2027, 12, 31), policy.lastDay(study(ANN, "")));
  }

  @ParameterizedTest
  @CsvSource({
    "data.cardio.colums, a, unknown key data.cardio.colums",
    "data.cardio, a, unknown key data.cardio",
    "data.other.columns, a, data.other.path must be set",
    "familys, a, unknown key familys",
    "until, soon, until must be a day such as 2027-06-30",
    "least-rows, 0, least-rows must be a whole number >= 1",
    "least-rows, 1.5, least-rows must be a whole number >= 1",
    "least-effective-rows, NaN, least-effective-rows must be a number >= 1",
    "most-parameters-per-row, 0, most-parameters-per-row must be a number > 0",
  })
  void of_wrongKeyOrValue_isRefused(String key, String value, String message) {
    Map<String, String> policy = new TreeMap<>(POLICY);
    policy.put(key, value);
    ProtocolException refused =
        assertThrows(ProtocolException.class, () -> QuestionPolicy.of(policy));
    assertEquals(message, refused.getMessage());
  }
}
