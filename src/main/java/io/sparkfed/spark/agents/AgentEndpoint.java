package io.sparkfed.spark.agents;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.Expected;
import io.sparkfed.agent.TlsIdentity;
import io.sparkfed.secure.keys.KeyFolder;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * How a task reaches a worker's agent.
 *
 * @param address where it listens
 * @param key at a TLS port the owner's public key as the roster has it, in hexadecimal; otherwise
 *     empty
 * @param relayKeys there the folder with the key that the task shows, on the worker's host;
 *     otherwise empty
 */
public record AgentEndpoint(AgentAddress address, String key, String relayKeys)
    implements Serializable {
  /** By the folder; of a process. */
  private static final Map<String, TlsIdentity> IDENTITIES = new ConcurrentHashMap<>();

  /**
   * Returns how one is reached.
   *
   * @param key finds the owner's public key where there is a TLS port
   * @param relayKeys folder with the key that the task shows there
   */
  public static AgentEndpoint of(
      AgentAddress address, Supplier<String> key, Optional<String> relayKeys) {
    return address instanceof AgentAddress.TlsPort
        ? new AgentEndpoint(address, key.get(), relayKeys.orElseThrow())
        : new AgentEndpoint(address, "", "");
  }

  /** Returns who must listen there. */
  Expected expected() {
    return key.isEmpty() ? Expected.ANY_USER : new Expected(Optional.empty(), Optional.of(key));
  }

  /**
   * Returns what a task shows, at the worker's host; empty for a socket.
   *
   * @throws IOException if there is no such key
   */
  Optional<TlsIdentity> identity() throws IOException {
    if (relayKeys.isEmpty()) {
      return Optional.empty();
    }
    TlsIdentity known = IDENTITIES.get(relayKeys);
    if (known == null) {
      Path folder = Path.of(relayKeys);
      known = TlsIdentity.of(folder.resolve(KeyFolder.STORE), folder.resolve(KeyFolder.PASSWORD));
      IDENTITIES.put(relayKeys, known);
    }
    return Optional.of(known);
  }
}
