package io.sparkfed.jobs;

import io.sparkfed.agent.AgentConnection;
import io.sparkfed.agent.AgentException;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.recipe.OwnerAgent;
import io.sparkfed.recipe.OwnerApprovals;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.secure.keys.JournalAccount;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Description;
import io.sparkfed.spark.agents.AgentRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * Runs a data owner's agent, and shows what it did. But for {@code serve}, without Spark: its types
 * stay out of this class.
 */
@Command(
    name = "jobs/agent",
    mixinStandardHelpOptions = true,
    versionProvider = JobMain.Version.class,
    description = {
      "Runs a data owner's own process, which answers for its rows, and shows what it did.",
      "Of serve, options of Spark follow behind --, such as --driver-memory 8g."
    },
    subcommands = {
      AgentJob.Serve.class,
      AgentJob.Pending.class,
      AgentJob.Approve.class,
      AgentJob.Deny.class,
      AgentJob.Status.class,
      AgentJob.Budget.class,
      AgentJob.Log.class
    })
public final class AgentJob {
  private AgentJob() {}

  /** Entry point. */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the command and returns its exit code. */
  static int execute(String... args) {
    return KeysJob.execute(new AgentJob(), args);
  }

  /** Whose agent a command is about. */
  static final class Whose {
    @Parameters(
        index = "0",
        paramLabel = "FOLDER",
        description = "The owner's folder, made by jobs/keys init; its name is the worker's id.")
    private Path folder;

    OwnerAgent agent() {
      return OwnerAgent.in(folder);
    }
  }

  @Command(
      name = "serve",
      description = {
        "Answers for the owner's rows until it is stopped. Where it listens, and who may bring",
        "requests, is in FOLDER/agent.properties: listen, relays, group."
      })
  static final class Serve implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() throws Exception {
      try (AgentProcess process = AgentProcess.start(whose.agent())) {
        process.awaitEnd();
      }
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
      OwnerAgent agent = whose.agent();
      KeysJob.show(OwnerApprovals.pending(agent.parent(), agent.worker()));
      return 0;
    }
  }

  @Command(
      name = "approve",
      description = "Lets a study be asked that was brought before the owner.")
  static final class Approve implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "1", arity = "0..1", paramLabel = "HASH", description = KeysJob.WHICH)
    private String hash;

    @Mixin private KeysJob.Bounds bounds;

    @Override
    public Integer call() {
      OwnerAgent agent = whose.agent();
      KeysJob.approve(agent.parent(), agent.worker(), hash, bounds);
      return 0;
    }
  }

  @Command(name = "deny", description = "Refuses a study that was brought before the owner.")
  static final class Deny implements Callable<Integer> {
    @Mixin private Whose whose;

    @Parameters(index = "1", arity = "0..1", paramLabel = "HASH", description = KeysJob.WHICH)
    private String hash;

    @Override
    public Integer call() {
      OwnerAgent agent = whose.agent();
      KeysJob.deny(agent.parent(), agent.worker(), hash);
      return 0;
    }
  }

  @Command(
      name = "log",
      description = "Shows the owner's journal in plain words, as jobs/keys log.")
  static final class Log implements Callable<Integer> {
    @Mixin private Whose whose;

    @Override
    public Integer call() throws IOException {
      OwnerAgent agent = whose.agent();
      KeysJob.show(OwnerPolicy.journal(agent.parent(), agent.worker()));
      return 0;
    }
  }

  @Command(
      name = "budget",
      description = "Shows what the owner has answered, beside what its policy allows.")
  static final class Budget implements Callable<Integer> {
    @Mixin private Whose whose;
    @Mixin private RunsLeft runs;

    @Override
    public Integer call() throws IOException {
      OwnerAgent agent = whose.agent();
      agent.verified();
      JournalAccount journal = agent.wholeJournal();
      Map<String, String> policy = agent.policy();
      Terminal.line("sums: " + used(journal.sums(), policy.get("max-sums"), "max-sums"));
      Terminal.line(
          "runs today: "
              + used(journal.runsToday(), policy.get("max-runs-per-day"), "max-runs-per-day"));
      Terminal.line(
          "questions: in each run at most " + policy.getOrDefault("max-rounds", "1000").strip());
      Terminal.line("until: " + policy.getOrDefault("until", "no last day is set").strip());
      if (policy.containsKey("dp.epsilon")) {
        OwnerPolicy.budget(agent.parent(), agent.worker(), runs.epsilon()).forEach(Terminal::line);
      }
      return 0;
    }

    /** A number that isn't one was refused with the rest of the policy. */
    private static String used(long used, String most, String key) {
      if (most == null) {
        return used + "; " + key + " isn't set, so there may be any number";
      }
      long all = Long.parseLong(most.strip());
      return used + " of " + all + " (" + key + "), " + Math.max(0, all - used) + " are left";
    }
  }

  @Command(
      name = "status",
      description = "Checks the owner's folder, and asks the agent whether it is there.")
  static final class Status implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Mixin private Whose whose;

    @Override
    public Integer call() throws IOException {
      OwnerAgent agent = whose.agent();
      OwnerAgent.Settings settings = agent.settings();
      Terminal.line("worker " + agent.worker() + ": " + agent.verified());
      JournalAccount journal = agent.wholeJournal();
      Terminal.line(
          "journal: " + journal.lines() + " lines, the last one's hash: " + journal.hash());
      try (AgentConnection connection = agent.connect(settings)) {
        AgentReply reply =
            AgentReply.parse(connection.ask(new AgentRequest.Describe().toBytes(), PATIENCE));
        if (!(reply instanceof Description known) || !known.worker().equals(agent.worker())) {
          throw new ConfigurationException(
              settings.listen() + ": who answers there is the agent of another worker");
        }
        Terminal.line(
            "the agent answers at " + settings.listen() + ", version " + known.software());
        return 0;
      } catch (AgentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
