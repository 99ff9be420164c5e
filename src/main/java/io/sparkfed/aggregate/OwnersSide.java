package io.sparkfed.aggregate;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the owner's side brings into a vector, whatever the driver asks for.
 *
 * @param clip how long an update may be
 * @param secret returns a key that only the worker has, for this vector alone
 * @param noise returns a release's vector with the owner's share of noise, once it is paid for
 */
public record OwnersSide(Clip clip, Supplier<byte[]> secret, UnaryOperator<long[]> noise) {}
