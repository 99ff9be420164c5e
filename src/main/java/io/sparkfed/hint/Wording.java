package io.sparkfed.hint;

/** What a kind of user calls settings: keys of a file, or params of an estimator. */
@FunctionalInterface
public interface Wording {
  /** Returns the name of a setting, which stands well before a comparison. */
  String of(Hint hint);
}
