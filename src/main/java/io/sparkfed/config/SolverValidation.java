package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.model.Family;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.solver.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns {@code algorithm.local} into a solver, refusing keys that the chosen one doesn't read. */
final class SolverValidation {
  private static final String PREFIX = "algorithm.local.";

  /** The keys of each solver. */
  private static final Map<String, List<String>> KEYS =
      Map.of(
          "gradient", List.of("steps", "step-size", "schedule"),
          "sgd",
              List.of("epochs", "max-batches", "batch-size", "step-size", "schedule", "momentum"),
          "lbfgs", List.of("max-iterations", "tolerance", "history"),
          "newton", List.of("max-iterations", "tolerance"));

  private static final List<String> NAMES = List.of("gradient", "sgd", "lbfgs", "newton");

  private final Config user;
  private final ConfigReader read;

  SolverValidation(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  LocalSolver solver(Family family) {
    String name = read.oneOf(PREFIX + "solver", NAMES);
    refuseKeysOfOthers(name);
    return switch (name) {
      case "gradient" ->
          new GradientDescent(read.integer(PREFIX + "steps", 1, 1_000_000), stepSize(), schedule());
      case "sgd" ->
          new MinibatchSgd(
              read.integer(PREFIX + "epochs", 1, 1_000_000),
              read.isSet(PREFIX + "max-batches")
                  ? read.integer(PREFIX + "max-batches", 1, Integer.MAX_VALUE)
                  : Integer.MAX_VALUE,
              read.integer(PREFIX + "batch-size", 1, Integer.MAX_VALUE),
              stepSize(),
              read.number(
                  PREFIX + "momentum", "must be a number in [0, 1)", v -> v >= 0.0 && v < 1.0),
              schedule());
      case "newton" -> newton(family);
      default ->
          new LocalLbfgs(maxIterations(), tolerance(), read.integer(PREFIX + "history", 1, 1000));
    };
  }

  private LocalSolver newton(Family family) {
    LosslessValidation.requireNoL1(read, PREFIX + "solver = newton", "lbfgs");
    LosslessValidation.requireCurvature(read, family, PREFIX + "solver = newton", "lbfgs");
    return new LocalNewton(maxIterations(), tolerance());
  }

  private int maxIterations() {
    return read.integer(PREFIX + "max-iterations", 1, 1_000_000);
  }

  private double tolerance() {
    return read.number(PREFIX + "tolerance", "must be a number > 0", v -> v > 0.0);
  }

  private double stepSize() {
    return read.number(PREFIX + "step-size", "must be a number > 0", v -> v > 0.0);
  }

  private Schedule schedule() {
    return read.oneOf(PREFIX + "schedule", Schedule.class);
  }

  private void refuseKeysOfOthers(String chosen) {
    for (String solver : NAMES) {
      for (String key : KEYS.get(solver)) {
        if (!KEYS.get(chosen).contains(key) && user.hasPath(PREFIX + key)) {
          throw read.invalid(PREFIX + key, "belongs to algorithm.local.solver = " + owners(key));
        }
      }
    }
  }

  private static String owners(String key) {
    List<String> owners = new ArrayList<>(NAMES);
    owners.removeIf(solver -> !KEYS.get(solver).contains(key));
    return String.join(" or ", owners);
  }
}
