package io.sparkfed.output;

import io.sparkfed.model.ShownText;
import io.sparkfed.spark.rows.UnreachableException;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's output, written beside its place and renamed into it at the end: the folder is there
 * whole or not at all. Until then it is called {@code .NAME.RUNID.inprogress}, and what holds a
 * checkpoint stays there under that name when the run fails.
 */
public final class OutputFolder implements Closeable {
  /** Where checkpoints lie in a staging folder. */
  static final String CHECKPOINT = "checkpoint";

  private final FileSystem fs;
  private final Path target;
  private final Path staging;
  private final Path topmostCreated;
  private final boolean overwrite;
  private final Thread cleanUpOnExit = new Thread(this::discard, "discard unfinished output");
  private boolean published;
  private BooleanSupplier isResumable = () -> false;

  /**
   * Opens the staging folder.
   *
   * @param dir the folder, on any Hadoop file system
   * @param overwrite whether an existing folder may be replaced
   * @throws IOException if the folder exists and must not be replaced, or can't be written
   */
  public OutputFolder(Configuration hadoop, String dir, boolean overwrite, String runId)
      throws IOException {
    this.fs = fileSystem(hadoop, "output.dir", dir);
    this.target = fs.makeQualified(new Path(dir));
    this.overwrite = overwrite;
    if (target.getParent() == null) {
      throw new IOException("output.dir can't be the root folder");
    }
    refuseExisting();
    this.staging =
        new Path(target.getParent(), "." + target.getName() + "." + runId + ".inprogress");
    try {
      this.topmostCreated = topmostMissing(staging);
      if (!fs.mkdirs(staging)) {
        throw new IOException("the file system refuses it");
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException("output.dir: can't create " + target + ": " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(cleanUpOnExit);
  }

  /**
   * Returns the staging folders of runs that did not end, where they hold a checkpoint.
   *
   * @throws IOException if they can't be looked for
   */
  static List<Path> unfinished(FileSystem fs, Path target) throws IOException {
    List<Path> found = new ArrayList<>();
    if (target.getParent() == null || !fs.exists(target.getParent())) {
      return found;
    }
    for (FileStatus entry : fs.listStatus(target.getParent())) {
      String name = entry.getPath().getName();
      if (name.startsWith("." + target.getName() + ".")
          && name.endsWith(".inprogress")
          && CheckpointFolder.isHeldBy(fs, new Path(entry.getPath(), CHECKPOINT))) {
        found.add(entry.getPath());
      }
    }
    return found;
  }

  /**
   * Opens a file system as outputs are written to it.
   *
   * @param key what says so, for messages
   * @throws IOException if it can't be reached
   */
  static FileSystem fileSystem(Configuration hadoop, String key, String path) throws IOException {
    FileSystem configured;
    try {
      configured = UnreachableException.open(hadoop, path);
    } catch (UnreachableException e) {
      throw new IOException(key + ": " + e.getMessage(), e);
    }
    // The raw local file system writes no checksum files beside ours, and flushes at once.
    return configured instanceof LocalFileSystem local ? local.getRaw() : configured;
  }

  /** Keeps the staging folder of a run that fails, where it can be gone on with. */
  public synchronized void keepIf(BooleanSupplier resumable) {
    isResumable = resumable;
  }

  private void refuseExisting() throws IOException {
    if (!fs.exists(target)) {
      return;
    }
    if (overwrite && !isReplaceable()) {
      throw new FileAlreadyExistsException(
          "output.dir "
              + target
              + " exists and isn't the output of a job (it holds other files and no run.json"
              + " with coefficients.json), so it isn't replaced; choose another one");
    }
    if (!overwrite) {
      throw new FileAlreadyExistsException(
          "output.dir "
              + target
              + " exists already; choose another one or set output.overwrite = true");
    }
  }

  /** A folder of something else is not deleted, whatever the configuration says. */
  private boolean isReplaceable() throws IOException {
    return fs.getFileStatus(target).isDirectory()
        && (holds("run.json", "coefficients.json")
            || holds("compare.json", "compare.html")
            || fs.listStatus(target).length == 0);
  }

  private boolean holds(String... names) throws IOException {
    for (String name : names) {
      if (!fs.exists(new Path(target, name))) {
        return false;
      }
    }
    return true;
  }

  private Path topmostMissing(Path path) throws IOException {
    Path topmost = path;
    while (topmost.getParent() != null && !fs.exists(topmost.getParent())) {
      topmost = topmost.getParent();
    }
    return topmost;
  }

  /** Returns where a file or folder of the output is written. */
  public Path staged(String name) {
    return new Path(staging, name);
  }

  /** Writes a whole text file. */
  public void write(String name, String text) throws IOException {
    try (OutputStream out = fs.create(staged(name), true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Opens a text file to which lines are added one by one. */
  public LineLog openLines(String name) throws IOException {
    return new LineLog(fs.create(staged(name), true));
  }

  /** Returns the folder's final place. */
  public Path target() {
    return target;
  }

  /** Moves the output into its place. An exit that comes meanwhile waits for the end of it. */
  public synchronized void publish() throws IOException {
    refuseExisting();
    Path replaced = new Path(target.getParent(), staging.getName() + ".replaced");
    boolean replaces = fs.exists(target);
    if (replaces && !fs.rename(target, replaced)) {
      throw new IOException("output.dir: can't move " + target + " out of the way");
    }
    if (!fs.rename(staging, target)) {
      if (replaces && !fs.rename(replaced, target)) {
        throw new IOException("output.dir: the former output is left in " + replaced);
      }
      throw new IOException("output.dir: can't rename " + staging + " to " + target);
    }
    published = true;
    if (replaces) {
      fs.delete(replaced, true);
    }
  }

  /** Removes what was not published. */
  @Override
  public void close() {
    discard();
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUpOnExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
      return;
    }
  }

  private synchronized void discard() {
    if (published) {
      return;
    }
    if (isResumable.getAsBoolean()) {
      System.err.println(
          "output.resume=true continues the run from its last checkpoint, which is kept in "
              + staging);
      return;
    }
    try {
      fs.delete(staging, true);
      Path empty = staging.getParent();
      while (empty != null
          && empty.depth() >= topmostCreated.depth()
          && fs.listStatus(empty).length == 0) {
        fs.delete(empty, false);
        empty = empty.getParent();
      }
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      System.err.println(
          ShownText.line("warning: " + staging + " could not be removed: " + e.getMessage()));
    }
  }
}
