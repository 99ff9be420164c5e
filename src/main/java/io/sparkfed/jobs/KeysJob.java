package io.sparkfed.jobs;

import io.sparkfed.model.ShownText;
import io.sparkfed.recipe.OwnerKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
      KeysJob.Verify.class
    })
public final class KeysJob {
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
    CommandLine line = new CommandLine(new KeysJob());
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          command.getErr().println(ShownText.paragraph("error: " + exception.getMessage()));
          return ExitCode.of(exception).code();
        });
    return line.execute(args);
  }

  @Command(name = "init", description = "Makes DIR/WORKER with fresh keys, a policy and a card.")
  static final class Init implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Folder of the owner's folders.")
    private Path dir;

    @Parameters(paramLabel = "WORKER", description = "The worker's id.")
    private String worker;

    @Override
    public Integer call() throws IOException {
      Path card = OwnerKeys.init(dir, worker);
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
    @Parameters(paramLabel = "DIR", description = "Folder of the owner's folders.")
    private Path dir;

    @Parameters(paramLabel = "WORKER", description = "The worker's id.")
    private String worker;

    @Parameters(paramLabel = "ROSTER", description = "The roster.")
    private Path roster;

    @Override
    public Integer call() throws IOException {
      Terminal.line("worker " + worker + " accepts the roster");
      Terminal.line(OwnerKeys.accept(dir, worker, roster));
      return 0;
    }
  }

  @Command(name = "verify", description = "Opens an owner's folder and checks that all fits.")
  static final class Verify implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Folder of the owner's folders.")
    private Path dir;

    @Parameters(paramLabel = "WORKER", description = "The worker's id.")
    private String worker;

    @Override
    public Integer call() {
      Terminal.line("worker " + worker + " is ready: " + OwnerKeys.verify(dir, worker));
      return 0;
    }
  }
}
