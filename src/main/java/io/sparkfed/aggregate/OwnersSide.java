package io.sparkfed.aggregate;

import java.util.function.Supplier;

/**
 * What the owner's side brings into a vector, whatever the driver asks for.
 *
 * @param clip how long an update may be
 * @param secret returns a key that only the worker has, for this vector alone
 */
public record OwnersSide(Clip clip, Supplier<byte[]> secret) {}
