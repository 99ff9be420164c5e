package io.sparkfed.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/** A socket in the file system, which its owner and its group may open. */
final class UnixDoor implements Door {
  /** As many may wait to be accepted as the system lets wait. */
  private static final int WAITING = 4096;

  private final AgentAddress.UnixSocket address;
  private final Relays relays;
  private final HeldLock lock;
  private final ServerSocketChannel channel;

  private UnixDoor(
      AgentAddress.UnixSocket address, Relays relays, HeldLock lock, ServerSocketChannel channel) {
    this.address = address;
    this.relays = relays;
    this.lock = lock;
    this.channel = channel;
  }

  static UnixDoor open(AgentAddress.UnixSocket address, Relays relays) throws IOException {
    Path path = Path.of(address.path());
    SocketFolder folder = new SocketFolder(address);
    folder.make();
    Optional<String> fault = folder.fault(System.getProperty("user.name"));
    if (fault.isPresent()) {
      throw new FileSystemException(address.path(), null, fault.get());
    }
    HeldLock lock = HeldLock.take(Path.of(path + ".lock")).orElseThrow(() -> inUse(address));
    try {
      removeStale(address);
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.bind(UnixDomainSocketAddress.of(path), WAITING);
        letIn(path, relays.group());
        return new UnixDoor(address, relays, lock, channel);
      } catch (IOException e) {
        channel.close();
        Files.deleteIfExists(path);
        throw e;
      }
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** What a process that was killed left behind. Nobody who takes locks as we do listens there. */
  private static void removeStale(AgentAddress.UnixSocket address) throws IOException {
    Path path = Path.of(address.path());
    if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new FileSystemException(address.path(), null, "what is there is no socket");
    }
    try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw inUse(address);
    } catch (BindException e) {
      throw e;
    } catch (IOException e) {
      Files.delete(path);
    }
  }

  private static BindException inUse(AgentAddress address) {
    return new BindException(address + ": another agent listens there");
  }

  private static void letIn(Path path, Optional<String> group) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (group.isPresent()) {
      try {
        GroupPrincipal principal =
            path.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(group.get());
        view.setGroup(principal);
      } catch (UserPrincipalNotFoundException e) {
        throw new FileSystemException(path.toString(), null, "there is no group " + group.get());
      } catch (FileSystemException e) {
        throw new FileSystemException(
            path.toString(), null, "the agent's user must be in the group " + group.get());
      }
    }
    view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
  }

  @Override
  public Link accept() throws IOException {
    return new UnixLink(channel.accept());
  }

  @Override
  public boolean admits(Peer peer) {
    return relays.users().contains(peer.name());
  }

  @Override
  public AgentAddress address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(Path.of(address.path()));
    lock.close();
  }
}
