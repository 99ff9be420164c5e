/**
 * One worker's rows, packed once into immutable blocks. Lives at the worker and never leaves it: no
 * type here has a place in a message to the driver, {@link io.sparkfed.data.DataFault} excepted,
 * which names places and rules and never a value.
 *
 * <p>Symbols: n rows, p features; dense blocks are row-major n x p, sparse ones compressed rows.
 */
package io.sparkfed.data;
