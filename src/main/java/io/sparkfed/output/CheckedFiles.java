package io.sparkfed.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Numbered files of a folder, {@code kind-number.json}, that are either whole or known not to be.
 *
 * <p>Each is written under another name, forced to disk and renamed. Its first line says what it
 * is, {@code {"format", "version", "sha256"}}, the second holds it.
 */
final class CheckedFiles {
  static final int VERSION = 2;

  private static final int KEPT = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem fs;
  private final Path folder;

  CheckedFiles(FileSystem fs, Path folder) {
    this.fs = fs;
    this.folder = folder;
  }

  /** A file that is not what it should be. */
  static final class NotReadable extends Exception {
    private static final long serialVersionUID = 1L;

    private NotReadable(String why) {
      super(why);
    }
  }

  /**
   * Writes a file; on disk when this returns. Of its kind the last {@value #KEPT} are kept.
   *
   * @param format what its first line says it is
   * @throws UncheckedIOException if it can't be written
   */
  void write(String kind, int number, String format, String body) {
    String name = String.format(Locale.ROOT, "%s-%010d.json", kind, number);
    Path temporary = new Path(folder, "." + name + ".tmp");
    String head =
        CheckpointJson.text(
            JSON.createObjectNode()
                .put("format", "spark-federated " + format)
                .put("version", VERSION)
                .put("sha256", sha256(body)));
    try {
      // Not recursive: where the folder has gone, another driver has taken the run over.
      try (FSDataOutputStream out = fs.createFile(temporary).overwrite(true).build()) {
        out.write((head + "\n" + body + "\n").getBytes(StandardCharsets.UTF_8));
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      }
      if (!fs.rename(temporary, new Path(folder, name))) {
        throw new IOException("the file system refuses to rename " + temporary);
      }
      forceFolder();
      List<Path> files = newestFirst(kind);
      for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
        fs.delete(old, false);
      }
    } catch (FSError e) {
      throw notWritten(format, DiskFailures.asException(e));
    } catch (IOException e) {
      throw notWritten(format, e);
    }
  }

  private UncheckedIOException notWritten(String format, IOException e) {
    return new UncheckedIOException(
        "the " + format + " can't be written to " + folder + ": " + e.getMessage(), e);
  }

  /** A rename on a local disk lasts once its folder is on disk. */
  private void forceFolder() throws IOException {
    if (fs instanceof RawLocalFileSystem local) {
      java.nio.file.Path place = local.pathToFile(folder).toPath();
      try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Returns the files of a kind, the newest first. */
  List<Path> newestFirst(String kind) throws IOException {
    List<Path> files = new ArrayList<>();
    for (FileStatus entry : fs.listStatus(folder)) {
      String name = entry.getPath().getName();
      if (name.startsWith(kind + "-") && name.endsWith(".json")) {
        files.add(entry.getPath());
      }
    }
    files.sort(Comparator.comparing(Path::getName).reversed());
    return files;
  }

  /**
   * Returns what a file holds.
   *
   * @param format what its first line must say
   * @throws NotReadable if it is another file, or not as it was written
   */
  String body(Path file, String format) throws IOException, NotReadable {
    String text;
    try (InputStream in = fs.open(file)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    int end = text.indexOf('\n');
    JsonNode head;
    try {
      head = JSON.readTree(end < 0 ? text : text.substring(0, end));
    } catch (JsonProcessingException e) {
      throw new NotReadable("it is damaged");
    }
    if (!head.path("format").asText().equals("spark-federated " + format)) {
      throw new NotReadable("it is damaged");
    }
    if (head.path("version").asInt() != VERSION) {
      throw new NotReadable(
          "its version is "
              + head.path("version").asText()
              + ", and this library reads version "
              + VERSION);
    }
    String body = text.substring(end + 1).stripTrailing();
    if (!sha256(body).equals(head.path("sha256").asText())) {
      throw new NotReadable("it is damaged");
    }
    return body;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
