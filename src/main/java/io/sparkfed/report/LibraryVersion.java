package io.sparkfed.report;

/** Which version of this library runs. */
public final class LibraryVersion {
  private LibraryVersion() {}

  /** Returns the version; {@code development} outside the library's jar. */
  public static String current() {
    String own = LibraryVersion.class.getPackage().getImplementationVersion();
    return own == null ? "development" : own;
  }
}
