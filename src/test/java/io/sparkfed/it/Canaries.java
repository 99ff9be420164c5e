package io.sparkfed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.recipe.Presets;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.testing.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Irregular numbers that one worker alone holds (its update, weight, loss and metric sums of each
 * round), as they are and as the integers they are summed as. Each number has several forms: raw
 * bytes in both orders, and decimal text. A form is a text whose characters are bytes.
 *
 * @param numbers as they are
 * @param words as the integers they are summed as
 */
public record Canaries(Set<Double> numbers, Set<Long> words) {
  private static final int SHOWN_DIGITS = 12;

  private Canaries() {
    this(new TreeSet<>(), new TreeSet<>());
  }

  /** Returns rows for each mode, so that whose numbers were found tells in which mode. */
  public static Map<AggregationMode, WorkerRows> rowsByMode() {
    Map<AggregationMode, WorkerRows> rows = new EnumMap<>(AggregationMode.class);
    for (AggregationMode mode : AggregationMode.values()) {
      rows.put(mode, WorkerRows.generate(21 + rows.size(), 3, 15, 4));
    }
    return rows;
  }

  /** Returns the name that {@code aggregation.mode} has in a configuration. */
  public static String name(AggregationMode mode) {
    return EnumNames.of(mode);
  }

  /** Writes rows, and the configuration of a training on them, into a folder. */
  public static Path writeConfig(Path dir, WorkerRows rows, AggregationMode mode)
      throws IOException {
    String text =
        rows.columnsConfig()
            + WorkerRows.workersConfig(rows.writeCsv(dir))
            + "model.standardize = federated\n"
            + "algorithm { rounds = 3, local { steps = 2, step-size = 0.05 } }\n"
            + "aggregation.mode = "
            + name(mode)
            + "\n";
    return Files.writeString(dir.resolve("test.conf"), text);
  }

  /** Returns what each worker holds in each visit, from the same training without Spark. */
  public static SortedMap<String, Canaries> byWorker(WorkerRows rows, Path conf) {
    TrainingConfig config = ConfigLoader.load(conf, Map.of(), List.of());
    SortedMap<String, Canaries> byWorker = new TreeMap<>();
    Set<Long> sums = new TreeSet<>();
    TrainingPlan plan = Presets.plan(config, rows.features());
    SumFactory recorded =
        layout ->
            new RecordedNumbers(
                byWorker, new FixedPointSum(new RecordedWords(byWorker, sums), layout));
    new FederatedTrainer(
            new InProcessFederation<>(rows.shards()), plan.through(recorded), round -> {})
        .train();
    assertEquals(rows.byWorker().keySet(), byWorker.keySet());
    byWorker.forEach(
        (worker, own) -> {
          // Two visits for the moments, and the update, weight and sums of three rounds.
          assertTrue(own.numbers().size() > 30, "worker " + worker + ": " + own.numbers().size());
          assertTrue(own.words().stream().noneMatch(sums::contains));
        });
    return byWorker;
  }

  /** Returns each number's forms. */
  public List<Set<String>> forms() {
    List<Set<String>> forms = new ArrayList<>(rawForms(words));
    words.forEach(word -> forms.add(Set.of(Long.toString(Math.abs(word)))));
    for (double number : numbers) {
      long bits = Double.doubleToRawLongBits(number);
      forms.add(Set.of(digits(number), raw(bits), raw(Long.reverseBytes(bits))));
    }
    return forms;
  }

  /** Returns the raw forms of the integers. */
  public List<Set<String>> rawWords() {
    return rawForms(words);
  }

  private static List<Set<String>> rawForms(Set<Long> words) {
    return words.stream().map(word -> Set.of(raw(word), raw(Long.reverseBytes(word)))).toList();
  }

  /** Keeps the irregular numbers of each worker on their way into a sum. */
  private record RecordedNumbers(SortedMap<String, Canaries> byWorker, VectorSum inner)
      implements VectorSum {

    @Override
    public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
      return inner.sum(
          federation,
          visit,
          Asked.<S>vector(
              question.layout(),
              (worker, held) -> {
                double[] vector = question.answer(worker, held);
                Canaries own = byWorker.computeIfAbsent(worker, w -> new Canaries());
                for (double number : vector) {
                  if (digits(number).length() >= SHOWN_DIGITS) {
                    own.numbers().add(number);
                  }
                }
                return vector;
              }));
    }
  }

  /** The insecure sum, in one process, that keeps the irregular integers of each worker. */
  private record RecordedWords(SortedMap<String, Canaries> byWorker, Set<Long> sums)
      implements RingSum {

    @Override
    public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
      Opened<long[]> opened =
          new InsecurePlainSum(2)
              .sum(
                  federation,
                  visit,
                  Asked.<S>words(
                      (worker, held) -> {
                        long[] own = words.of(worker, held);
                        keep(own, byWorker.computeIfAbsent(worker, w -> new Canaries()).words());
                        return own;
                      }));
      keep(opened.value(), sums);
      return opened;
    }

    /** An integer is irregular when it has more than 30 bits, of which more than 8 are set. */
    private static void keep(long[] words, Set<Long> into) {
      for (long word : words) {
        if (Math.abs(word) >>> 30 != 0 && Long.bitCount(Math.abs(word)) > 8) {
          into.add(word);
        }
      }
    }
  }

  private static String raw(long word) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(word).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first digits of a number's decimal text, without sign and exponent. */
  public static String digits(double number) {
    String text = Double.toString(Math.abs(number));
    int end = text.indexOf('E');
    return text.substring(0, Math.min(SHOWN_DIGITS, end < 0 ? text.length() : end));
  }
}
