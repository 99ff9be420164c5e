package io.sparkfed.agent;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** A connection over a socket in the file system: the kernel says whose process is there. */
final class UnixLink implements Link {
  /** The JDK copies through a buffer of its own that is as long, and keeps it. */
  private static final int CHUNK = 1 << 17;

  private final SocketChannel channel;

  UnixLink(SocketChannel channel) {
    this.channel = channel;
  }

  static UnixLink connect(AgentAddress.UnixSocket address) throws IOException {
    return new UnixLink(SocketChannel.open(UnixDomainSocketAddress.of(address.path())));
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(into, offset, Math.min(length, CHUNK)));
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      at += channel.write(ByteBuffer.wrap(from, at, Math.min(end - at, CHUNK)));
    }
  }

  @Override
  public Peer peer() throws IOException {
    return new Peer(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
