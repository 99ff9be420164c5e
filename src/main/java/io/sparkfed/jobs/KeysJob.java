package io.sparkfed.jobs;

import io.sparkfed.model.ShownText;
import io.sparkfed.recipe.OwnerApprovals;
import io.sparkfed.recipe.OwnerKeys;
import io.sparkfed.recipe.OwnerPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes and checks data owners' keys. Runs without Spark, where the owner is. */
@Command(
    name = "jobs/keys",
    mixinStandardHelpOptions = true,
    description = "Makes and checks data owners' keys for aggregation.mode = masked.",
    subcommands = {
      KeysJob.Init.class,
      KeysJob.MakeRoster.class,
      KeysJob.Accept.class,
      KeysJob.Verify.class,
      KeysJob.MakePolicy.class,
      KeysJob.Check.class,
      KeysJob.Log.class,
      KeysJob.Pending.class,
      KeysJob.Approve.class,
      KeysJob.Deny.class,
      KeysJob.Budget.class
    })
public final class KeysJob {
  static final String WHICH =
      "The first digits of its SHA-256, or all; the only one that waits unless given.";

  private KeysJob() {}

  /** Entry point. */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the command and returns its exit code. */
  static int execute(String... args) {
    return execute(new KeysJob(), args);
  }

  /** Runs a command that needs no Spark and returns its exit code. */
  static int execute(Object command, String... args) {
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(
        (exception, parsedBy, parsed) -> {
          parsedBy.getErr().println(ShownText.paragraph("error: " + exception.getMessage()));
          return ExitCode.of(exception).code();
        });
    return line.execute(args);
  }

  /** Whose keys a command is about. */
  static final class Whose {
    @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the owner's folders.")
    private Path dir;

    @Parameters(index = "1", paramLabel = "WORKER", description = "The worker's id.")
    private String worker;
  }

  @Command(name = "init", description = "Makes DIR/WORKER with fresh keys, a policy and a card.")
  static final class Init implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() throws IOException {
      Path card = OwnerKeys.init(whose.dir, whose.worker);
      Terminal.line("made " + card.getParent());
      Terminal.line("send " + card + " to the person who makes the roster; keep the rest");
      return 0;
    }
  }

  @Command(name = "roster", description = "Puts the cards of all workers together.")
  static final class MakeRoster implements Callable<Integer> {
    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The roster.")
    private Path output;

    @Parameters(arity = "1..*", paramLabel = "CARD", description = "Cards made by init.")
    private List<Path> cards;

    @Override
    public Integer call() throws IOException {
      Terminal.line("roster of " + cards.size() + " workers, SHA-256 of its keys:");
      Terminal.line(OwnerKeys.roster(cards, output));
      Terminal.line("owners compare this hash over a channel they trust before they accept it");
      return 0;
    }
  }

  @Command(name = "accept", description = "Pins a roster in an owner's folder.")
  static final class Accept implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "2", paramLabel = "ROSTER", description = "The roster.")
    private Path roster;

    @Override
    public Integer call() throws IOException {
      Terminal.line("worker " + whose.worker + " accepts the roster");
      Terminal.line(OwnerKeys.accept(whose.dir, whose.worker, roster));
      return 0;
    }
  }

  @Command(name = "verify", description = "Opens an owner's folder and checks that all fits.")
  static final class Verify implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() {
      Terminal.line(
          "worker " + whose.worker + " is ready: " + OwnerKeys.verify(whose.dir, whose.worker));
      return 0;
    }
  }

  @Command(
      name = "policy",
      description = {
        "Adds a data set to an owner's policy: where it is, and its columns, to be crossed out",
        "by hand. All other questions are refused from then on."
      })
  static final class MakePolicy implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "2", paramLabel = "NAME", description = "What all owners call such rows.")
    private String name;

    @Parameters(index = "3", paramLabel = "FILE", description = "The rows, as csv with a header.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      Path policy = OwnerPolicy.addDataset(whose.dir, whose.worker, name, file);
      Terminal.line("the data set " + name + " is in " + policy);
      Terminal.line("cross out there which columns nobody may use, and which are no labels");
      return 0;
    }
  }

  @Command(
      name = "log",
      description = {
        "Shows an owner's journal in plain words: what was asked, what left, what was opened.",
        "The hash of its last line tells, beside an earlier one, whether lines are missing."
      })
  static final class Log implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() throws IOException {
      show(OwnerPolicy.journal(whose.dir, whose.worker));
      return 0;
    }
  }

  @Command(
      name = "budget",
      description = {
        "Shows what is spent and left of an owner's privacy budget (dp.epsilon of its policy), with",
        "each charge. Nothing of it is told to a driver but that a run is refused."
      })
  static final class Budget implements Callable<Integer> {
    @Mixin private Whose whose;
    @Mixin private RunsLeft runs;

    @Override
    public Integer call() throws IOException {
      OwnerPolicy.budget(whose.dir, whose.worker, runs.epsilon()).forEach(Terminal::line);
      return 0;
    }
  }

  @Command(
      name = "check",
      description = "Shows a study in plain words, and what an owner's policy says to it.")
  static final class Check implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "2", paramLabel = "STUDY", description = "Written by jobs/study --output.")
    private Path study;

    @Override
    public Integer call() throws IOException {
      OwnerPolicy.Verdict verdict = OwnerPolicy.verdict(whose.dir, whose.worker, study);
      verdict.study().forEach(Terminal::line);
      if (verdict.refusal().isPresent()) {
        Terminal.line(
            "the policy of worker "
                + whose.worker
                + " refuses it by its rule "
                + verdict.refusal().get());
        return ExitCode.REFUSED.code();
      }
      Terminal.line("the policy of worker " + whose.worker + " allows it");
      return 0;
    }
  }

  @Command(
      name = "pending",
      description = {
        "Shows the studies that wait for an owner who approves by hand, in plain words,",
        "with what its policy says to each."
      })
  static final class Pending implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() {
      show(OwnerApprovals.pending(whose.dir, whose.worker));
      return 0;
    }
  }

  @Command(
      name = "approve",
      description = "Lets a study be asked that was brought before an owner.")
  static final class Approve implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "2", arity = "0..1", paramLabel = "HASH", description = WHICH)
    private String hash;

    @Mixin private Bounds bounds;

    @Override
    public Integer call() {
      approve(whose.dir, whose.worker, hash, bounds);
      return 0;
    }
  }

  /** How far an approval goes. */
  static final class Bounds {
    @Option(
        names = "--runs",
        paramLabel = "N",
        description = "In so many runs; any number unless set.")
    private Long runs;

    @Option(
        names = "--until",
        paramLabel = "DATE",
        description = "The last day, such as 2027-06-30; no end unless set.")
    private LocalDate until;
  }

  static void approve(Path dir, String worker, String hash, Bounds bounds) {
    Terminal.line(
        "approved: "
            + OwnerApprovals.approve(
                dir,
                worker,
                Optional.ofNullable(hash),
                Optional.ofNullable(bounds.runs),
                Optional.ofNullable(bounds.until)));
  }

  static void deny(Path dir, String worker, String hash) {
    Terminal.line("denied: " + OwnerApprovals.deny(dir, worker, Optional.ofNullable(hash)));
  }

  static void show(List<OwnerPolicy.Verdict> waiting) {
    for (OwnerPolicy.Verdict one : waiting) {
      one.study().forEach(Terminal::line);
      Terminal.line(
          one.refusal()
              .map(rule -> "the policy refuses it by its rule " + rule)
              .orElse("the policy allows it"));
      Terminal.line("");
    }
    Terminal.line(waiting.size() + (waiting.size() == 1 ? " study waits" : " studies wait"));
  }

  static void show(OwnerPolicy.Journal journal) throws IOException {
    journal.lines().forEach(Terminal::line);
    if (journal.broken().isPresent()) {
      throw new IOException(journal.broken().get());
    }
    Terminal.line(journal.lines().size() + " lines, the last one's hash: " + journal.hash());
  }

  @Command(name = "deny", description = "Refuses a study that was brought before an owner.")
  static final class Deny implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "2", arity = "0..1", paramLabel = "HASH", description = WHICH)
    private String hash;

    @Override
    public Integer call() {
      deny(whose.dir, whose.worker, hash);
      return 0;
    }
  }
}
