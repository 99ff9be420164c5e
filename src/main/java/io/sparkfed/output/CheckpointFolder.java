package io.sparkfed.output;

import io.sparkfed.output.CheckedFiles.NotReadable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run's checkpoints on any Hadoop file system: {@code attempt-N/round-K.json}, the last two
 * ({@link CheckedFiles}).
 *
 * <p>An attempt's folder is one that holds such a file, or {@code _CHECKPOINTS}, which is written
 * first. No other is looked into or renamed, and nothing but such files is ever removed.
 *
 * <p>Who resumes a run renames the folder of the attempt before, so that a driver that was thought
 * dead and is not can write nothing any more, and ends.
 */
final class CheckpointFolder {
  private static final String ROUND = "round";
  private static final String MARKER = "_CHECKPOINTS";
  private static final String WITH_ITS_FOLDER = "written by jobs/train, with the folder above\n";
  private static final String IN_A_FOLDER = "written by jobs/train\n";
  private static final Pattern ATTEMPT = Pattern.compile("attempt-(\\d{1,9})");

  /** What is written here, under its name, before it has it, and what a file system keeps of it. */
  private static final Pattern OWN_FILE =
      Pattern.compile("\\.{0,2}(_CHECKPOINTS|round-\\d{10}\\.json)(\\.tmp)?(\\.crc)?");

  private final FileSystem fs;
  private final Path attempt;
  private final CheckedFiles files;
  private boolean holdsCheckpoint;

  private CheckpointFolder(FileSystem fs, Path attempt, boolean holdsCheckpoint) {
    this.fs = fs;
    this.attempt = attempt;
    this.files = new CheckedFiles(fs, attempt);
    this.holdsCheckpoint = holdsCheckpoint;
  }

  /** A checkpoint that was found, and what the user should know of it. */
  record Found(Checkpoint checkpoint, List<String> notes) {}

  /** Returns whether a folder holds the checkpoint of some run. */
  static boolean isHeldBy(FileSystem fs, Path dir) throws IOException {
    Optional<Path> attempt = lastAttempt(fs, dir);
    return attempt.isPresent() && !new CheckedFiles(fs, attempt.get()).newestFirst(ROUND).isEmpty();
  }

  /**
   * Begins a run's checkpoints; what a run that never reached one has left is removed.
   *
   * @throws IOException if the folder can't be made, or holds something that no run has written
   */
  static CheckpointFolder begin(FileSystem fs, Path dir) throws IOException {
    requireUsable(fs, dir);
    boolean isNew = !fs.exists(dir);
    Optional<Path> left = lastAttempt(fs, dir);
    if (left.isPresent()) {
      removeOwnFiles(fs, left.get());
    }
    Path attempt = free(fs, dir, 1);
    if (!fs.mkdirs(attempt)) {
      throw new IOException("checkpoint.dir: can't create " + attempt);
    }
    try (FSDataOutputStream out = fs.create(new Path(attempt, MARKER), false)) {
      out.write((isNew ? WITH_ITS_FOLDER : IN_A_FOLDER).getBytes(StandardCharsets.UTF_8));
    }
    return new CheckpointFolder(fs, attempt, false);
  }

  /**
   * Checks that a run's checkpoints can begin in a folder.
   *
   * @throws IOException if an attempt's folder holds what no run has written
   */
  static void requireUsable(FileSystem fs, Path dir) throws IOException {
    for (Path attempt : attempts(fs, dir)) {
      requireOwn(fs, attempt);
    }
  }

  private static void requireOwn(FileSystem fs, Path attempt) throws IOException {
    if (!Arrays.stream(fs.listStatus(attempt)).allMatch(CheckpointFolder::isOwnFile)) {
      throw new IOException(
          "checkpoint.dir: "
              + attempt
              + " holds files that are no checkpoints, and nothing of theirs is moved or removed;"
              + " name another folder, or take them out");
    }
  }

  /**
   * Looks at the last checkpoint of a run without taking it over.
   *
   * @throws IOException if there is none that can be read
   */
  static Found look(FileSystem fs, Path dir) throws IOException {
    return new CheckpointFolder(fs, requireAttempt(fs, dir), true).last(dir);
  }

  /**
   * Takes a run over.
   *
   * @throws IOException if there is none
   */
  static CheckpointFolder takeOver(FileSystem fs, Path dir) throws IOException {
    Path before = requireAttempt(fs, dir);
    requireOwn(fs, before);
    Path own = free(fs, dir, number(before) + 1);
    if (!fs.rename(before, own)) {
      throw new IOException("another run is resuming from " + dir);
    }
    return new CheckpointFolder(fs, own, true);
  }

  private static Path requireAttempt(FileSystem fs, Path dir) throws IOException {
    return lastAttempt(fs, dir)
        .orElseThrow(() -> new IOException("output.resume: there is no checkpoint in " + dir));
  }

  /** Returns the last attempt that a run has made; folders of the same name aren't one. */
  private static Optional<Path> lastAttempt(FileSystem fs, Path dir) throws IOException {
    List<Path> own = new ArrayList<>();
    for (Path attempt : attempts(fs, dir)) {
      if (Arrays.stream(fs.listStatus(attempt)).anyMatch(CheckpointFolder::isOwnFile)) {
        own.add(attempt);
      }
    }
    return own.stream().max(Comparator.comparingInt(CheckpointFolder::number));
  }

  /** Returns the first name from a number on that nobody has taken. */
  private static Path free(FileSystem fs, Path dir, int from) throws IOException {
    int number = from;
    while (fs.exists(new Path(dir, "attempt-" + number))) {
      number++;
    }
    return new Path(dir, "attempt-" + number);
  }

  /** Returns the folders that are called as attempts are, whoever has made them. */
  private static List<Path> attempts(FileSystem fs, Path dir) throws IOException {
    List<Path> attempts = new ArrayList<>();
    if (!fs.exists(dir)) {
      return attempts;
    }
    for (FileStatus entry : fs.listStatus(dir)) {
      if (entry.isDirectory() && ATTEMPT.matcher(entry.getPath().getName()).matches()) {
        attempts.add(entry.getPath());
      }
    }
    return attempts;
  }

  private static boolean isOwnFile(FileStatus entry) {
    return entry.isFile() && OWN_FILE.matcher(entry.getPath().getName()).matches();
  }

  /** Removes an attempt's own files, and its folder where nothing else is in it. */
  private static void removeOwnFiles(FileSystem fs, Path attempt) throws IOException {
    for (FileStatus entry : fs.listStatus(attempt)) {
      if (isOwnFile(entry)) {
        fs.delete(entry.getPath(), false);
      }
    }
    if (fs.listStatus(attempt).length == 0) {
      fs.delete(attempt, false);
    }
  }

  private static int number(Path attempt) {
    Matcher matcher = ATTEMPT.matcher(attempt.getName());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an attempt's folder: " + attempt);
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Returns whether there is something to resume from. */
  boolean holdsCheckpoint() {
    return holdsCheckpoint;
  }

  /**
   * Returns the last checkpoint, or the one before it where the last is damaged.
   *
   * @throws IOException if none can be read
   */
  Found last(Path dir) throws IOException {
    List<String> notes = new ArrayList<>();
    for (Path file : files.newestFirst(ROUND)) {
      try {
        return new Found(CheckpointJson.read(files.body(file, "checkpoint")), List.copyOf(notes));
      } catch (NotReadable | IllegalArgumentException e) {
        notes.add("WARNING: checkpoint " + file.getName() + " can't be used: " + e.getMessage());
      }
    }
    throw new IOException(
        notes.isEmpty()
            ? "output.resume: there is no checkpoint in " + dir
            : "output.resume: no checkpoint in " + dir + " can be used: " + notes.get(0));
  }

  /**
   * Writes a checkpoint; on disk when this returns.
   *
   * @throws UncheckedIOException if it can't be written
   */
  void write(Checkpoint checkpoint) {
    files.write(ROUND, checkpoint.state().round(), "checkpoint", CheckpointJson.write(checkpoint));
    holdsCheckpoint = true;
  }

  /** Removes the checkpoints of a run that has ended. */
  void remove() throws IOException {
    Path dir = attempt.getParent();
    boolean isOwn = madeFolder();
    if (fs.exists(attempt)) {
      removeOwnFiles(fs, attempt);
    }
    if (isOwn && fs.exists(dir) && fs.listStatus(dir).length == 0) {
      fs.delete(dir, false);
    }
  }

  private boolean madeFolder() throws IOException {
    Path marker = new Path(attempt, MARKER);
    if (!fs.exists(marker)) {
      return false;
    }
    try (InputStream in = fs.open(marker)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).equals(WITH_ITS_FOLDER);
    }
  }
}
