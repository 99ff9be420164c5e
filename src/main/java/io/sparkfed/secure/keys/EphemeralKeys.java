package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import java.nio.charset.StandardCharsets;

/**
 * Keys that live in the memory of the process a worker's tasks run in, for clusters without owners'
 * key folders. Nobody makes or keeps them; when the process ends they are gone.
 *
 * <p><b>Guaranteed:</b> the driver doesn't hold them, so an honest-but-curious driver on a host of
 * its own can't take off a mask. <b>Not guaranteed:</b> anything against a driver that lies: it
 * relays the public keys and could put its own in their place. Workers whose tasks share an
 * executor share a process, and under a local master everything does. A worker whose tasks move to
 * another executor has other keys there, and drops out until keys are advertised again.
 */
public final class EphemeralKeys implements KeyRing {
  private static final long serialVersionUID = 1L;

  @Override
  public Owner open(String worker) {
    byte[] name = worker.getBytes(StandardCharsets.UTF_8);
    byte[] secret = ProcessSecret.VALUE;
    PartyKeys keys =
        new PartyKeys(
            Kdf.derive(secret, "ephemeral identity", name),
            Kdf.derive(secret, "ephemeral master", name));
    return new Owner(keys, Policy.PERMISSIVE, MemoryJournal.of(worker), null);
  }

  @Override
  public Roster roster() {
    return null;
  }

  /** Drawn on first use, in each process. */
  private static final class ProcessSecret {
    private static final byte[] VALUE = Kdf.fresh();
  }
}
