package io.sparkfed.output;

import java.io.IOException;
import org.apache.hadoop.fs.FSError;

/** Failures of a local disk, a full one among them, which Hadoop throws as errors. */
public final class DiskFailures {
  private DiskFailures() {}

  /** Returns the failure as the exception that it was. */
  public static IOException asException(FSError error) {
    return error.getCause() instanceof IOException cause
        ? cause
        : new IOException(error.getMessage(), error);
  }
}
