package io.sparkfed.output;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.ResultSettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.report.LibraryVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where one run's checkpoints are, what it is resumed from, and what is written. */
public final class RunCheckpoints {
  private final TrainingConfig config;
  private final FileSystem fs;
  private final String runId;
  private final Path dir;
  private final Optional<CheckpointFolder.Found> found;
  private CheckpointFolder folder;

  private RunCheckpoints(
      TrainingConfig config,
      FileSystem fs,
      String runId,
      Path dir,
      Optional<CheckpointFolder.Found> found) {
    this.config = config;
    this.fs = fs;
    this.runId = runId;
    this.dir = dir;
    this.found = found;
  }

  /**
   * Prepares the checkpoints of a new run; writes nothing yet.
   *
   * @param output its output
   * @throws IOException if {@code checkpoint.dir} holds those of another run
   */
  public static RunCheckpoints ofNewRun(
      Configuration hadoop, TrainingConfig config, String runId, OutputFolder output)
      throws IOException {
    Path dir =
        config.checkpoints().dir().map(Path::new).orElse(output.staged(OutputFolder.CHECKPOINT));
    FileSystem fs = fileSystem(hadoop, dir);
    if (config.checkpoints().every() > 0 && isHeldBy(fs, dir)) {
      throw new IOException(
          "checkpoint.dir "
              + dir
              + " holds the checkpoint of an unfinished run: set output.resume = true to"
              + " continue it, or delete it");
    }
    if (config.checkpoints().every() > 0) {
      CheckpointFolder.requireUsable(fs, dir);
    }
    return new RunCheckpoints(config, fs, runId, dir, Optional.empty());
  }

  /**
   * Finds the checkpoint of the run to resume; changes nothing yet.
   *
   * @param output the run's {@code output.dir}
   * @throws IOException if there is none, or none that can be used
   * @throws ConfigurationException if a setting that matters differs
   */
  public static RunCheckpoints ofUnfinishedRun(
      Configuration hadoop, TrainingConfig config, String output) throws IOException {
    if (config.checkpoints().every() == 0) {
      throw new ConfigurationException(
          "checkpoint.every must be >= 1 for output.resume. Provided value: 0");
    }
    Path dir =
        config.checkpoints().dir().isPresent()
            ? new Path(config.checkpoints().dir().get())
            : new Path(unfinished(hadoop, output), OutputFolder.CHECKPOINT);
    FileSystem fs = fileSystem(hadoop, dir);
    if (!isHeldBy(fs, dir)) {
      throw new IOException("output.resume: there is no checkpoint in " + dir);
    }
    CheckpointFolder.Found found = CheckpointFolder.look(fs, dir);
    Checkpoint checkpoint = found.checkpoint();
    if (!checkpoint.library().equals(LibraryVersion.current())) {
      throw new IOException(
          "output.resume: the run began with version "
              + checkpoint.library()
              + " of this library and must end with it. This is version "
              + LibraryVersion.current());
    }
    ResultSettings.of(config).requireSame(checkpoint.settings());
    return new RunCheckpoints(config, fs, checkpoint.runId(), dir, Optional.of(found));
  }

  private static boolean isHeldBy(FileSystem fs, Path dir) throws IOException {
    try {
      return CheckpointFolder.isHeldBy(fs, dir);
    } catch (UnsupportedOperationException e) {
      throw new IOException(
          "checkpoint.dir: " + dir + " is on a file system that can't be written", e);
    }
  }

  private static FileSystem fileSystem(Configuration hadoop, Path dir) throws IOException {
    return OutputFolder.fileSystem(hadoop, "checkpoint.dir", dir.toString());
  }

  private static Path unfinished(Configuration hadoop, String output) throws IOException {
    FileSystem fs = OutputFolder.fileSystem(hadoop, "output.dir", output);
    Path target = fs.makeQualified(new Path(output));
    List<Path> unfinished = OutputFolder.unfinished(fs, target);
    if (unfinished.size() == 1) {
      return unfinished.get(0);
    }
    if (unfinished.size() > 1) {
      throw new IOException(
          "output.resume: there are "
              + unfinished.size()
              + " unfinished runs of "
              + target
              + "; delete all but one of "
              + unfinished);
    }
    throw new IOException(
        fs.exists(target)
            ? "output.resume: the run of " + target + " has ended; there is nothing to resume"
            : "output.resume: there is no checkpoint of an unfinished run of " + target);
  }

  /** Returns the run's id, that of the resumed run if there is one. */
  public String runId() {
    return runId;
  }

  /** Returns what is resumed; empty in a new run. */
  public Optional<Checkpoint> resumed() {
    return found.map(CheckpointFolder.Found::checkpoint);
  }

  /** Returns what the user should know of a resumption. */
  public List<String> notes() {
    return found.map(CheckpointFolder.Found::notes).orElse(List.of());
  }

  /**
   * Begins to write, or takes the unfinished run over: from now on no other driver can go on with
   * it.
   *
   * @throws IOException if the folder can't be written, or another driver has gone on meanwhile
   */
  public void open() throws IOException {
    if (config.checkpoints().every() == 0) {
      return;
    }
    if (found.isEmpty()) {
      folder = CheckpointFolder.begin(fs, dir);
      return;
    }
    folder = CheckpointFolder.takeOver(fs, dir);
    int now = folder.last(dir).checkpoint().state().round();
    int then = found.get().checkpoint().state().round();
    if (now != then) {
      throw new IOException(
          "output.resume: the run was still active and has been stopped after round "
              + now
              + "; resume it again");
    }
  }

  /** Returns what writes a checkpoint where one is due. */
  public CheckpointListener listener(DataFingerprint data) {
    if (folder == null) {
      return CheckpointListener.NONE;
    }
    ResultSettings settings = ResultSettings.of(config);
    String library = LibraryVersion.current();
    return state -> {
      if (state.round() % config.checkpoints().every() == 0) {
        folder.write(new Checkpoint(runId, library, settings, data, state));
      }
    };
  }

  /** Returns whether there is something to resume from. */
  public boolean isResumable() {
    return found.isPresent() || (folder != null && folder.holdsCheckpoint());
  }

  /** Returns whether checkpoints lie in the unfinished output. */
  public boolean areInOutput() {
    return config.checkpoints().dir().isEmpty();
  }

  /**
   * Removes the checkpoints of a run that has ended.
   *
   * @param output where the run's output is now
   */
  public void remove(Path output) throws IOException {
    if (folder == null) {
      return;
    }
    if (areInOutput()) {
      fs.delete(new Path(output, OutputFolder.CHECKPOINT), true);
    } else {
      folder.remove();
    }
  }

  /** Removes what a run that never reached a checkpoint has left outside its output. */
  public void discardEmpty() throws IOException {
    if (folder != null && !isResumable() && !areInOutput()) {
      folder.remove();
    }
  }
}
