package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in this process, and a model that one of them has trained on the rows of three workers. */
abstract class TrainedModel {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  /** The output of a logistic model in raw units. */
  static Path model;

  @TempDir Path own;

  @BeforeAll
  static void train() {
    ThreeWorkers.write(root);
    model = root.resolve("model");
    assertEquals(0, jobs.train(ThreeWorkers.conf(root, root), "output.dir=" + model).code());
  }
}
