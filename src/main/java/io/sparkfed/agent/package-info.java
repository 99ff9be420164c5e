/**
 * How a request reaches a data owner's own process, and how its answer comes back. A {@link
 * io.sparkfed.agent.AgentServer} is the owner's <em>agent</em>: it runs under the owner's user and
 * holds rows, keys, policy and journal. An {@link io.sparkfed.agent.AgentConnection} is the relay's
 * side, in a task on the same host: it hands on bytes that it doesn't understand. Both sides ask
 * the kernel, or a pinned key, who the other one is.
 *
 * <p>A frame is 20 bytes of head and a payload: the magic number, version and kind, the number of
 * the request in its connection, the payload's length; big-endian. Lengths are checked before
 * anything is allocated, and no Java object is read.
 */
package io.sparkfed.agent;
