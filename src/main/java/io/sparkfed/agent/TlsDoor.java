package io.sparkfed.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** A port with TLS, where who shows a key of the owner's list may bring requests. */
final class TlsDoor implements Door {
  private static final int WAITING = 1024;

  private final AgentAddress.TlsPort address;
  private final Relays relays;
  private final TlsIdentity identity;
  private final ServerSocket socket;

  private TlsDoor(
      AgentAddress.TlsPort address, Relays relays, TlsIdentity identity, ServerSocket socket) {
    this.address = address;
    this.relays = relays;
    this.identity = identity;
    this.socket = socket;
  }

  static TlsDoor open(AgentAddress.TlsPort address, Relays relays, TlsIdentity identity)
      throws IOException {
    InetSocketAddress where = new InetSocketAddress(address.host(), address.port());
    if (where.isUnresolved()) {
      throw new UnknownHostException(address.host());
    }
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(where, WAITING);
    } catch (BindException e) {
      socket.close();
      throw new BindException(address + ": " + e.getMessage());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return new TlsDoor(
        new AgentAddress.TlsPort(address.host(), socket.getLocalPort()), relays, identity, socket);
  }

  @Override
  public Link accept() throws IOException {
    return TlsLink.accepted(socket.accept(), identity);
  }

  @Override
  public boolean admits(Peer peer) {
    return relays.keys().contains(peer.name());
  }

  @Override
  public AgentAddress address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
