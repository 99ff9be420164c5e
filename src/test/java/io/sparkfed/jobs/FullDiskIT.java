package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.RunOutput;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full when a checkpoint is due. */
class FullDiskIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir Path folder;

  /** Returns whether a command is there and does what it is told. */
  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The checkpoint grows with the rounds, until the disk is full. */
  @Test
  void train_diskFullAtACheckpoint_endsWithItsCodeAndIsResumed() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString()),
        "a disk of its own needs root, and mount of Linux");
    try {
      ThreeWorkers.write(folder);
      String conf = ThreeWorkers.conf(folder, folder);
      String rounds = "algorithm.rounds=60";
      Outcome undisturbed = jobs.train(conf, rounds, "output.dir=" + folder.resolve("undisturbed"));
      assertEquals(0, undisturbed.code(), undisturbed.toString());
      String output = "output.dir=" + folder.resolve("out");
      String checkpoints = "checkpoint.dir=" + disk.resolve("checkpoints");

      Outcome full = jobs.train(conf, rounds, output, checkpoints);

      assertEquals(7, full.code(), full.toString());
      assertEquals(1, full.errorLines().size(), full.toString());
      assertTrue(full.errorLines().get(0).contains("No space left on device"), full.toString());

      assertTrue(run("mount", "-o", "remount,size=1m", disk.toString()));
      Outcome resumed = jobs.train(conf, rounds, output, checkpoints, "output.resume=true");

      assertEquals(0, resumed.code(), resumed.toString());
      assertEquals(
          new RunOutput(folder.resolve("undisturbed")).coefficients(),
          new RunOutput(folder.resolve("out")).coefficients());
    } finally {
      run("umount", disk.toString());
    }
  }
}
