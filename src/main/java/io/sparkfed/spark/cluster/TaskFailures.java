package io.sparkfed.spark.cluster;

import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import org.apache.spark.SparkThrowable;

/** What may be told at the driver of an exception that a task raised. */
public final class TaskFailures {
  private TaskFailures() {}

  /** Types and places of a failure and its causes. */
  private static final class TextlessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TextlessException(Throwable original, Throwable cause) {
      super(original.getClass().getName(), cause);
      setStackTrace(original.getStackTrace());
    }
  }

  /**
   * Returns the name of the kind of failure: Spark's error condition, e.g. CAST_INVALID_INPUT, of
   * the innermost cause that has one, otherwise the type of the exception. A file that may not be
   * read is PERMISSION_DENIED.
   */
  public static String tag(Throwable failure) {
    String tag = failure.getClass().getSimpleName();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isDenied(cause)) {
        return "PERMISSION_DENIED";
      }
      tag = condition(cause).orElse(tag);
    }
    return tag;
  }

  /** Java itself tells a local file that may not be opened like one that isn't there. */
  private static boolean isDenied(Throwable failure) {
    return failure instanceof AccessDeniedException
        // Hadoop's, which this package doesn't know.
        || failure.getClass().getSimpleName().equals("AccessControlException")
        || (failure instanceof FileNotFoundException
            && String.valueOf(failure.getMessage()).endsWith("(Permission denied)"));
  }

  /** Returns the name of Spark's error condition, of {@code failure} itself and not its causes. */
  // By its old name: the new one came with Spark 4.
  @SuppressWarnings("deprecation")
  public static Optional<String> condition(Throwable failure) {
    return failure instanceof SparkThrowable known
        ? Optional.ofNullable(known.getErrorClass())
        : Optional.empty();
  }

  /**
   * Returns a failure with the types and stack traces of {@code failure} and its causes, and
   * without their texts, which can hold rows.
   */
  public static RuntimeException withoutText(Throwable failure) {
    Throwable cause = failure.getCause();
    return new TextlessException(failure, cause == null ? null : withoutText(cause));
  }
}
