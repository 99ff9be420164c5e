package io.sparkfed.agent;

import java.util.Optional;
import java.util.Set;

/**
 * Who may bring an agent requests.
 *
 * @param users UNIX users by their names, or their numbers where they have none; of a socket
 * @param group whose members may open the socket; empty for the agent's own group
 * @param keys Ed25519 public keys in hexadecimal, of relays that come by TLS
 */
public record Relays(Set<String> users, Optional<String> group, Set<String> keys) {

  /** Copies the sets. */
  public Relays {
    users = Set.copyOf(users);
    keys = Set.copyOf(keys);
  }
}
