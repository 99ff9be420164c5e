package io.sparkfed.agent;

import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** An agent and its relay by each kind of address. */
enum Doors {
  SOCKET,
  TLS;

  /** Short times, so that a test of one that passes lasts as long. */
  static final FrameLimits BRIEF =
      new FrameLimits(
          1 << 20,
          4 << 20,
          150,
          4,
          Duration.ofMillis(400),
          Duration.ofMillis(600),
          Duration.ofMillis(50));

  /** Less memory than a hundred requests take, and time for a machine that is busy. */
  static final FrameLimits ROOMY =
      new FrameLimits(
          1 << 20,
          2 << 20,
          150,
          4,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofMillis(200));

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String ME = System.getProperty("user.name");

  /** Who may come, whom to expect, and what each shows. */
  record Sides(
      AgentAddress address,
      Relays relays,
      Optional<TlsIdentity> ofAgent,
      Expected expected,
      Optional<TlsIdentity> ofRelay) {

    AgentServer serve(AgentHandler handler, FrameLimits limits) throws IOException {
      return AgentServer.open(address, relays, ofAgent, handler, limits);
    }

    AgentConnection connect(AgentServer server, FrameLimits limits) throws AgentException {
      return AgentConnection.open(server.address(), expected, ofRelay, limits);
    }
  }

  Sides sides(Path dir) throws IOException {
    if (this == SOCKET) {
      return new Sides(
          new AgentAddress.UnixSocket(dir.resolve("agent/a.sock").toString()),
          new Relays(Set.of(ME), Optional.empty(), Set.of()),
          Optional.empty(),
          new Expected(Optional.of(ME), Optional.empty()),
          Optional.empty());
    }
    return new Sides(
        new AgentAddress.TlsPort("127.0.0.1", 0),
        new Relays(Set.of(), Optional.empty(), Set.of(key(dir, "relay"))),
        Optional.of(identity(dir, "agent")),
        new Expected(Optional.empty(), Optional.of(key(dir, "agent"))),
        Optional.of(identity(dir, "relay")));
  }

  static TlsIdentity identity(Path dir, String party) throws IOException {
    Path folder = folder(dir, party);
    return TlsIdentity.of(folder.resolve(KeyFolder.STORE), folder.resolve(KeyFolder.PASSWORD));
  }

  static String key(Path dir, String party) throws IOException {
    byte[] seed = new KeyFolder(folder(dir, party)).keys().identity();
    return HexFormat.of().formatHex(Signing.publicKey(seed));
  }

  private static Path folder(Path dir, String party) throws IOException {
    Path folder = dir.resolve("keys").resolve(party);
    return Files.exists(folder) ? folder : KeyFolderMaker.init(dir.resolve("keys"), party);
  }
}
