package io.sparkfed.hint;

/** A failure whose message names settings. */
public interface Worded {
  /** Returns the failure with its message in a user's words; itself where nothing differs. */
  RuntimeException in(Wording wording);
}
