package io.sparkfed.config;

/** A configuration that can't be used. The message names key, rule, value and origin. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message for the user. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** Creates the exception with a message for the user and its cause. */
  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
