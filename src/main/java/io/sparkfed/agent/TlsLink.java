package io.sparkfed.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** A connection by TLS 1.3: both sides show a key. */
final class TlsLink implements Link {
  private static final String[] PROTOCOLS = {"TLSv1.3"};
  private static final int CONNECT_MILLIS = 10_000;

  /** Closed by itself: closing the layer above may wait for what it is to break off. */
  private final Socket socket;

  private final SSLSocket layer;

  private TlsLink(Socket socket, SSLSocket layer) {
    this.socket = socket;
    this.layer = layer;
    layer.setEnabledProtocols(PROTOCOLS);
  }

  static TlsLink connect(AgentAddress.TlsPort address, TlsIdentity own) throws IOException {
    Socket socket = new Socket();
    try {
      InetSocketAddress where = new InetSocketAddress(address.host(), address.port());
      if (where.isUnresolved()) {
        throw new UnknownHostException(address.host());
      }
      socket.connect(where, CONNECT_MILLIS);
      TlsLink link = of(socket, own);
      link.layer.setUseClientMode(true);
      return link;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static TlsLink accepted(Socket socket, TlsIdentity own) throws IOException {
    TlsLink link = of(socket, own);
    link.layer.setUseClientMode(false);
    link.layer.setNeedClientAuth(true);
    return link;
  }

  private static TlsLink of(Socket socket, TlsIdentity own) throws IOException {
    socket.setTcpNoDelay(true);
    SSLSocket layer =
        (SSLSocket)
            own.context()
                .getSocketFactory()
                .createSocket(
                    socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
    return new TlsLink(socket, layer);
  }

  @Override
  public Peer peer() throws IOException {
    layer.startHandshake();
    Certificate[] chain = layer.getSession().getPeerCertificates();
    return new Peer(
        TlsIdentity.hex(chain[0].getPublicKey())
            .orElseThrow(() -> new SSLException("a peer's key must be an Ed25519 key")));
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return layer.getInputStream().read(into, offset, length);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (length > 0) {
      layer.getOutputStream().write(from, offset, length);
    }
  }

  @Override
  public void end() throws IOException {
    layer.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
