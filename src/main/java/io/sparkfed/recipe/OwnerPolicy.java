package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvException;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.csv.CsvRecords;
import io.sparkfed.model.PlainText;
import io.sparkfed.owner.QuestionPolicy;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.Study;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.JournalText;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.Ledger;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a data owner does with its policy on questions, for command lines. */
public final class OwnerPolicy {
  private static final String GENERAL =
      """

      # Families and algorithms, by their names in model.family and algorithm.preset; any unless set.
      # families = linear, logistic
      # algorithms = fed-newton, fed-lbfgs, fed-avg
      # Who may ask: public keys in hexadecimal, as jobs/study shows them; anybody unless set.
      # analysts =
      # Whether a study that the rules allow is answered (by-rule), or waits until jobs/keys approve
      # (by-hand).
      # approve = by-hand
      # Whether rounds may be of samples of workers (any): sums over cohorts that differ can be subtracted.
      # samples = none
      # The last day on which anything may be asked.
      # until = 2027-12-31
      # Least number of rows over all workers that a level of a category must have to be told.
      least-level-rows = 5
      # Least number of workers that must have rows of it.
      least-level-workers = 2
      # Of this owner's training rows: how many, how many by their weights, most coefficients for each, and
      # how many of each value of a label or feature that is 0 or 1.
      least-rows = 10
      least-effective-rows = 10
      most-parameters-per-row = 0.33
      least-each-side = 3
      # Rows that differ from those of an earlier answer by 1 to this number less 1 are refused, from 1
      # to 32. 1 allows all: for one run, where rows were added or mended in the meantime.
      least-difference = 5
      """;

  private OwnerPolicy() {}

  /**
   * What a policy says to a study.
   *
   * @param study in plain words
   * @param refusal the rule that refuses it; empty where it is allowed
   */
  public record Verdict(List<String> study, Optional<String> refusal) {}

  /**
   * An owner's journal in plain words.
   *
   * @param lines one for each entry
   * @param hash of the last one, in hexadecimal
   * @param broken why the rest can't be read; empty where it can
   */
  public record Journal(List<String> lines, String hash, Optional<String> broken) {}

  /**
   * Adds a data set to an owner's policy.
   *
   * @param name of letters, digits, - and _
   * @param csv the rows, with a header
   * @return the policy's file
   * @throws ConfigurationException if the name is none, the policy has it already, or the file's
   *     header can't be read
   * @throws IOException if a file can't be read or written
   */
  public static Path addDataset(Path dir, String worker, String name, Path csv) throws IOException {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw new ConfigurationException(
          "a data set's name must be of letters, digits, - and _. Provided value: " + name);
    }
    Path policy = dir.resolve(PlainText.of(worker)).resolve(KeyFolder.POLICY);
    if (!Files.isRegularFile(policy)) {
      throw new ConfigurationException(policy + " does not exist; jobs/keys init makes it");
    }
    List<String> lines = Files.readAllLines(policy);
    if (lines.stream().anyMatch(line -> line.strip().startsWith("data." + name + "."))) {
      throw new ConfigurationException(policy + " has the data set " + name + " already");
    }
    boolean isFirst = lines.stream().noneMatch(line -> line.strip().startsWith("data."));
    Path absolute = csv.toAbsolutePath().normalize();
    String text =
        (isFirst ? GENERAL : "")
            + dataset(
                name, escaped(absolute.toString()), escaped(String.join(", ", header(absolute))));
    Files.writeString(policy, text, StandardOpenOption.APPEND);
    return policy;
  }

  private static String dataset(String name, String path, String columns) {
    return """

        # The data set %1$s. Only what stands here may be asked; a study that asks for more is refused.
        data.%1$s.path = %2$s
        # The columns that may be used; take out the ones that may not.
        data.%1$s.columns = %3$s
        # Which of them may be the label; any of them unless set.
        # data.%1$s.labels =
        # Which of them may be categories, whose levels are told; none unless set.
        # data.%1$s.categories =
        # A condition on rows, and a computed column, that may be used: as here, word by word.
        # data.%1$s.filter.adults = age >= 18
        # data.%1$s.derive.bmi = weight / (height * height)
        # A column that may say which rows are held out, with its two values: for training, for testing.
        # data.%1$s.split.part = train, test
        """
        .formatted(name, path, columns);
  }

  /** Returns a text as a properties file has it. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\");
  }

  private static List<String> header(Path csv) throws IOException {
    try (InputStream in = Files.newInputStream(csv)) {
      CsvRecords records = CsvRecords.of(in, CsvDialect.standard());
      if (records.next()) {
        return CsvHeader.names(records.cells());
      }
      throw new ConfigurationException(csv + " has no header");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(csv + " does not exist", e);
    } catch (CsvException e) {
      throw new ConfigurationException(csv + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns what an owner's policy says to a study.
   *
   * @param file written by {@code jobs/study}
   * @throws ConfigurationException if the owner's folder is not whole, or the file is no study
   * @throws IOException if the file can't be read
   */
  public static Verdict verdict(Path dir, String worker, Path file) throws IOException {
    String id = PlainText.of(worker);
    Study study = read(file);
    try {
      Owner owner = new KeyFolder(dir.resolve(id)).open(id);
      QuestionPolicy policy = QuestionPolicy.of(owner.questions());
      return new Verdict(
          StudyText.lines(study),
          policy.refusal(study, Studies.asked(study, id), LocalDate.now(ZoneOffset.UTC)));
    } catch (ProtocolException e) {
      throw new ConfigurationException(dir.resolve(id) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns an owner's journal in plain words.
   *
   * @throws ConfigurationException if there is no such owner
   * @throws IOException if it can't be read
   */
  public static Journal journal(Path dir, String worker) throws IOException {
    Path folder = dir.resolve(PlainText.of(worker));
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(folder + " does not exist");
    }
    JournalText text = JournalText.of(folder);
    return new Journal(text.lines(), text.hash(), text.broken());
  }

  /**
   * Returns what is spent and left of an owner's privacy budget, in plain words.
   *
   * @param epsilon of runs, to say how many more there can be; empty not to, 0 for those of the
   *     largest epsilon that one run may have
   * @throws ConfigurationException if there is no such owner, its policy has no budget, its policy
   *     or journal can't be trusted, or the epsilon is none
   * @throws IOException if the journal can't be read
   */
  public static List<String> budget(Path dir, String worker, OptionalDouble epsilon)
      throws IOException {
    Path folder = dir.resolve(PlainText.of(worker));
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(folder + " does not exist");
    }
    try {
      Budget budget =
          new KeyFolder(folder)
              .budget()
              .orElseThrow(
                  () -> new ConfigurationException(folder + ": the policy has no dp.epsilon"));
      return BudgetText.lines(budget, Ledger.of(folder, budget), epsilon);
    } catch (ProtocolException e) {
      throw new ConfigurationException(folder + ": " + e.getMessage(), e);
    }
  }

  private static Study read(Path file) throws IOException {
    try {
      return SignedStudy.parse(Files.readAllBytes(file)).open();
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + " does not exist", e);
    } catch (ProtocolException e) {
      throw new ConfigurationException(file + " is no study: " + e.getMessage(), e);
    }
  }
}
