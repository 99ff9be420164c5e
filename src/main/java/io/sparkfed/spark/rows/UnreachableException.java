package io.sparkfed.spark.rows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/** A place that can't be opened, with the reason in plain words; it tells nothing of any file. */
public final class UnreachableException extends IOException {
  private static final long serialVersionUID = 1L;

  private UnreachableException(String path, Throwable cause) {
    super(path + " can't be reached: " + reason(path, cause), cause);
  }

  /**
   * Opens the file system of a path, and asks it for the path once. That there is nothing, or that
   * it may not be seen, is no failure.
   *
   * @param path a path of a configuration, or a pattern of paths
   */
  public static FileSystem open(Configuration hadoop, String path) throws UnreachableException {
    try {
      Path there = new Path(path);
      FileSystem fs = there.getFileSystem(hadoop);
      try {
        fs.getFileStatus(fs.makeQualified(there));
      } catch (FileNotFoundException | AccessDeniedException | AccessControlException e) {
        return fs;
      }
      return fs;
    } catch (IOException | RuntimeException | LinkageError e) {
      // Hadoop's file systems throw what they like.
      throw new UnreachableException(path, e);
    }
  }

  private static String reason(String path, Throwable failure) {
    String told = failure.getClass().getSimpleName();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "there is no such host";
      }
      if (cause instanceof ConnectException) {
        return "nobody answers there";
      }
      if (cause instanceof UnsupportedFileSystemException
          || cause instanceof ClassNotFoundException
          || cause instanceof LinkageError) {
        return "there is no file system for "
            + path.replaceFirst(":.*$", "")
            + " here (its library is added with -- --packages)";
      }
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
      told = message.isEmpty() || cause.getMessage() == null ? told : message;
    }
    return told;
  }
}
