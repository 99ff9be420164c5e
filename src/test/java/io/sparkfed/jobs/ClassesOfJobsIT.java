package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archive of classes is made of. */
class ClassesOfJobsIT {
  @TempDir Path folder;

  @Test
  void jobs_areThoseOfUsers_andEndWell() throws Exception {
    assertEquals(0, LocalSpark.run(() -> ClassesOfJobs.runIn(folder)));

    assertTrue(Files.exists(folder.resolve("exact/coefficients.json")));
    assertTrue(Files.exists(folder.resolve("averaged/report.html")));
  }
}
