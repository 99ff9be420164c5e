package io.sparkfed.secure.crypto;

import java.security.GeneralSecurityException;
import java.util.function.Function;

/**
 * An object of the platform's cryptography for each thread: to find one takes several times as long
 * as it works on a short message. Whoever takes it is done with it before anybody else of the
 * thread takes it.
 */
final class ThreadsOwn<T> {
  private final ThreadLocal<T> own;

  /** How the platform is asked for one. */
  @FunctionalInterface
  interface Found<T> {
    T find() throws GeneralSecurityException;
  }

  ThreadsOwn(Found<T> found) {
    this.own =
        ThreadLocal.withInitial(
            () -> {
              try {
                return found.find();
              } catch (GeneralSecurityException e) {
                throw new IllegalStateException(
                    "every Java platform has SHA-256, HmacSHA256 and AES-256", e);
              }
            });
  }

  T get() {
    return own.get();
  }

  /** Returns what is made with it within the call, in which the thread uses others. */
  <R> R lend(Function<T, R> use) {
    T lent = own.get();
    own.remove();
    try {
      return use.apply(lent);
    } finally {
      own.set(lent);
    }
  }

  /** What it was used for last must not stand in the way of the next use. */
  T anew() {
    own.remove();
    return own.get();
  }
}
