package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.it.RunOutput;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.pages.Page;
import io.sparkfed.pages.Page.Block;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page for owners and analysts as it stands: its blocks in order, with folders of this test,
 * the three workers of its configuration in place of WORKER, this host, and the rows of three
 * hospitals. A block of text after one of commands is in what the last command printed, or is the
 * owners' edit of their policies.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OwnersPageIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  /** The page's workers, and whose rows each has. */
  private static final Map<String, String> HOSPITALS =
      Map.of("basel", "cleveland", "geneva", "hungarian", "zurich", "va");

  private static final List<String> WORKERS = HOSPITALS.keySet().stream().sorted().toList();
  private static final Pattern HASH = Pattern.compile("\\b[0-9a-f]{64}\\b");
  private static final Pattern POLICY_KEY = Pattern.compile("(?:# )?([a-z][\\w.-]*) =(?: |$)");
  private static final int COMMANDS_TO_A_MODEL = 10;

  @TempDir static Path root;

  /** What each worker's or the analyst's last command printed. */
  private static List<Outcome> last = List.of();

  @BeforeAll
  static void writeRows() {
    List<Map<String, String>> rows = TestData.csv("fed-heart-disease/flamby_split.csv");
    HOSPITALS.forEach(
        (worker, hospital) ->
            JobRunner.write(
                root.resolve(worker + "/patients.csv"),
                rows.stream()
                    .filter(row -> row.get("center").equals(hospital))
                    .map(
                        row ->
                            Stream.of("raw_line", "age", "sex", "chol", "trestbps", "y")
                                .map(row::get)
                                .collect(Collectors.joining(",")))
                    .collect(
                        Collectors.joining(
                            "\n", "patient,age,sex,chol,pressure,disease\n", "\n"))));
  }

  @Test
  @Order(1)
  void page_runInOrder_leadsFromNothingToAModel() throws IOException {
    List<Block> blocks = Page.named("owners.md").blocks();
    List<List<String>> commands = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      assertFalse(block.isMarked(), block::toString);
      boolean isRefused =
          i + 1 < blocks.size() && blocks.get(i + 1).text().startsWith("error: the owner of ");
      switch (block.language()) {
        case "sh" -> {
          for (List<String> words : block.commands()) {
            commands.add(words);
            execute(block, words, isRefused ? ExitCode.REFUSED : ExitCode.SUCCESS);
          }
        }
        case "hocon" ->
            Files.writeString(
                root.resolve("risk.conf"),
                ours(block.text()).replaceAll("\\bnode-\\d", "localhost"));
        default -> {
          if (block.text().startsWith("data.")) {
            edit(block.text());
          } else {
            isPrinted(block);
          }
        }
      }
    }
    List<String> jobsOfAModel = commands.stream().map(words -> words.get(0)).toList();
    assertEquals("jobs/train", jobsOfAModel.get(COMMANDS_TO_A_MODEL - 2));
    assertEquals("log", commands.get(COMMANDS_TO_A_MODEL - 1).get(1));
  }

  private static void execute(Block block, List<String> words, ExitCode expected) {
    boolean isOfEach = words.contains("WORKER");
    last =
        (isOfEach ? WORKERS : List.of("ANALYST"))
            .stream()
                .map(
                    who -> {
                      Outcome outcome = run(who, words);
                      assertEquals(
                          expected.code(), outcome.code(), () -> block + " " + words + outcome);
                      assertFalse(outcome.showsStackTrace(), outcome::toString);
                      return outcome;
                    })
                .toList();
    check(words);
  }

  private static Outcome run(String who, List<String> words) {
    // One of the subcommands is called as a file is.
    int first = words.get(0).equals("jobs/keys") ? 2 : 1;
    String[] arguments =
        Stream.concat(
                words.subList(1, first).stream(),
                words.stream()
                    .skip(first)
                    .flatMap(
                        word ->
                            word.equals("CARD...")
                                ? WORKERS.stream().map(worker -> folder(worker) + "/card")
                                : Stream.of(word.equals("WORKER") ? who : ours(word, who))))
            .toArray(String[]::new);
    return switch (words.get(0)) {
      case "jobs/keys" -> jobs.keys(arguments);
      case "jobs/study" -> jobs.study(arguments);
      case "jobs/doctor" -> jobs.doctor(arguments);
      case "jobs/train" -> jobs.train(arguments);
      default -> throw new AssertionError(words);
    };
  }

  /** What the page says in prose of what comes out. */
  private static void check(List<String> words) {
    switch (words.get(1)) {
      case "roster" -> roster = hash(last.get(0).out());
      case "accept", "verify" ->
          last.forEach(outcome -> assertEquals(roster, hash(outcome.out()), outcome::toString));
      case "log" ->
          last.forEach(
              outcome -> {
                assertTrue(outcome.out().contains("\"risk\": within the policy"), outcome.out());
                assertTrue(outcome.out().contains("helped to open the sum over "), outcome.out());
              });
      default -> {}
    }
    if (words.get(0).equals("jobs/doctor")) {
      assertTrue(last.get(0).out().contains("allowed by all"), last::toString);
    }
  }

  private static String roster;

  private static String hash(String text) {
    Matcher hash = HASH.matcher(text);
    assertTrue(hash.find(), text);
    return hash.group();
  }

  /** A line of the page is one of what was printed, in the same order. */
  private static void isPrinted(Block block) {
    for (int i = 0; i < last.size(); i++) {
      String printed = HASH.matcher(last.get(i).out() + last.get(i).err()).replaceAll("HASH");
      String text = block.text().replace("WORKER", WORKERS.get(i));
      assertTrue(
          ("\n" + printed).contains("\n" + text + "\n"), block + " is not in " + last.get(i));
    }
  }

  /** Each owner's own lines in place of those that were made. */
  private static void edit(String text) throws IOException {
    for (String worker : WORKERS) {
      Path policy = folder(worker).resolve("policy.properties");
      List<String> own = ours(text, worker).lines().toList();
      List<String> keys = own.stream().map(OwnersPageIT::key).toList();
      List<String> lines =
          Stream.concat(
                  Files.readAllLines(policy).stream().filter(line -> !keys.contains(key(line))),
                  own.stream())
              .toList();
      Files.write(policy, lines);
    }
  }

  private static String key(String line) {
    return line.split("=", 2)[0].strip();
  }

  private static Path folder(String worker) {
    return root.resolve("etc/federation").resolve(worker);
  }

  private static String ours(String text) {
    return text.replace("\"roster\"", "\"" + root.resolve("roster") + "\"")
        .replace("out/", root.resolve("out") + "/")
        .replace("/etc/", root.resolve("etc") + "/");
  }

  private static String ours(String word, String worker) {
    return word.matches("roster|risk\\.\\w+")
        ? root.resolve(word).toString()
        : ours(word)
            .replace("/data/patients.csv", root.resolve(worker + "/patients.csv").toString());
  }

  /** The ten commands' model is that of MLlib on the rows of all three. */
  @Test
  @Order(2)
  void model_ofThePage_isThePooledFit() throws IOException {
    RunOutput output = new RunOutput(root.resolve("out/risk"));
    JsonNode run = output.run();
    assertEquals(3, run.path("cohort").path("journals").size(), run::toString);
    double[][] models =
        JobRunner.withSpark(
            session -> {
              GeneralizedLinearRegressionModel pooled =
                  new GeneralizedLinearRegression()
                      .setFamily("binomial")
                      .setLabelCol("disease")
                      .setMaxIter(15)
                      .setTol(1e-12)
                      .fit(
                          new VectorAssembler()
                              .setInputCols(new String[] {"age", "sex", "chol"})
                              .setOutputCol("features")
                              .transform(
                                  session
                                      .read()
                                      .option("header", "true")
                                      .option("inferSchema", "true")
                                      .csv(
                                          WORKERS.stream()
                                              .map(
                                                  w -> root.resolve(w + "/patients.csv").toString())
                                              .toArray(String[]::new))));
              LogisticRegressionModel model = LogisticRegressionModel.load(output.model());
              return new double[][] {
                pooled.coefficients().toArray(),
                model.coefficients().toArray(),
                {pooled.intercept()},
                {model.intercept()}
              };
            });
    assertArrayEquals(models[0], models[1], 1e-7);
    assertArrayEquals(models[2], models[3], 1e-7);
  }

  /** The page on what owners decide, at one of them. */
  @Test
  @Order(3)
  void approvalByHand_commandsOfThePage_letARunInOrNot() throws IOException {
    Path policy = folder("geneva").resolve("policy.properties");
    String before = Files.readString(policy);
    Files.writeString(policy, "approve = by-hand\n", StandardOpenOption.APPEND);
    List<List<String>> commands =
        Page.named("journal.md").blocks().stream()
            .filter(block -> block.language().equals("sh") && block.text().contains("pending"))
            .flatMap(block -> block.commands().stream())
            .toList();
    assertEquals(
        List.of("pending", "approve", "deny"), commands.stream().map(w -> w.get(1)).toList());
    Outcome waits = trainAgain();
    assertEquals(11, waits.code(), waits.toString());
    assertTrue(
        waits.err().contains("the study waits for the owners of worker geneva"), waits.err());
    Outcome pending = run("geneva", commands.get(0));
    assertTrue(pending.out().contains("the policy allows it\n\n1 study waits"), pending.out());
    String digits = hash(pending.out()).substring(0, 8);

    Outcome approved = run("geneva", with(digits, commands.get(1)));
    assertEquals(0, approved.code(), approved.toString());
    Outcome trained = trainAgain();
    assertEquals(0, trained.code(), trained.toString());
    assertEquals(0, run("geneva", with(digits, commands.get(2))).code());
    Outcome denied = trainAgain();
    assertEquals(10, denied.code(), denied.toString());
    assertTrue(
        denied.err().contains("the owner of worker geneva refuses the study by the rule deny"),
        denied.err());
    Files.writeString(policy, before);
  }

  private static Outcome trainAgain() {
    return jobs.train(
        root.resolve("risk.conf").toString(), "algorithm.rounds=2", "output.overwrite=true");
  }

  private static List<String> with(String digits, List<String> words) {
    assertTrue(words.contains("1f3c"), words::toString);
    return words.stream().map(word -> word.equals("1f3c") ? digits : word).toList();
  }

  /** The analyst's folder is the one that the page has made. */
  @Test
  @Order(3)
  void signature_ownerKnowsOneAnalyst_answersThisOneAlone() throws IOException {
    Path signed = root.resolve("signed.study");
    Outcome study =
        jobs.study(
            root.resolve("risk.conf").toString(),
            "study.analyst=" + root.resolve("etc/analysts/ANALYST"),
            "--output",
            signed.toString());
    assertEquals(0, study.code(), study.toString());
    String analyst =
        study.out().lines().filter(line -> line.startsWith("analyst ")).findFirst().orElseThrow();
    Path policy = folder("basel").resolve("policy.properties");
    String before = Files.readString(policy);
    Files.writeString(policy, "analysts = " + hash(analyst) + "\n", StandardOpenOption.APPEND);

    assertEquals(0, checked(signed).code());
    Outcome ofAnybody = checked(root.resolve("risk.study"));
    assertEquals(10, ofAnybody.code(), ofAnybody.toString());
    assertTrue(ofAnybody.out().contains("refuses it by its rule analysts"), ofAnybody.out());
    byte[] bytes = Files.readAllBytes(signed);
    bytes[bytes.length / 2] ^= 1;
    Outcome changed = checked(Files.write(root.resolve("changed.study"), bytes));
    assertEquals(2, changed.code(), changed.toString());
    Files.writeString(policy, before);
  }

  private static Outcome checked(Path study) {
    return jobs.keys("check", root.resolve("etc/federation").toString(), "basel", study.toString());
  }

  /** Those about one data set, whose name is anybody's, are on the page by their ends. */
  @Test
  @Order(2)
  void keysOfAPolicy_thatIsMade_areOnThePages() throws IOException {
    Set<String> said =
        Stream.of("owners.md", "privacy.md")
            .flatMap(page -> Page.named(page).inlineCode().stream())
            .flatMap(code -> Stream.of(code, code.replaceFirst("^\\.", "data.NAME.")))
            .collect(Collectors.toSet());
    Set<String> keys =
        Files.readAllLines(folder("basel").resolve("policy.properties")).stream()
            .map(POLICY_KEY::matcher)
            .filter(Matcher::lookingAt)
            .map(key -> key.group(1))
            .map(key -> key.replaceFirst("^data\\.cardio\\.(\\w+).*", "data.NAME.$1"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(keys.size() > 30, keys::toString);

    keys.removeIf(
        key -> said.contains(key) || said.stream().anyMatch(code -> code.startsWith(key + ".")));

    assertEquals(Set.of(), keys);
  }
}
