package io.sparkfed.agent;

/**
 * Who is at the other end, as the kernel or a pinned key says.
 *
 * @param name a UNIX user's name, its number where it has none, or an Ed25519 public key in
 *     hexadecimal
 */
public record Peer(String name) {}
