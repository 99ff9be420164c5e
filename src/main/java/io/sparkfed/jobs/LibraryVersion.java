package io.sparkfed.jobs;

/** Which version of this library runs. */
final class LibraryVersion {
  private LibraryVersion() {}

  /** Returns the version; {@code development} outside the library's jar. */
  static String current() {
    String own = LibraryVersion.class.getPackage().getImplementationVersion();
    return own == null ? "development" : own;
  }
}
