package io.sparkfed.agent;

import java.util.Optional;

/**
 * Whom a relay expects to listen.
 *
 * @param user the UNIX user of a socket's agent; any unless set
 * @param key the Ed25519 public key of a TLS port's agent in hexadecimal, as it stands on the
 *     roster
 */
public record Expected(Optional<String> user, Optional<String> key) {

  /** Whoever listens at a socket in a folder that nobody else can write to. */
  public static final Expected ANY_USER = new Expected(Optional.empty(), Optional.empty());
}
