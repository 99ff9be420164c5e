package io.sparkfed.aggregate;

import java.util.List;
import java.util.function.Supplier;

/**
 * The rows that a worker's answers are about, for who remembers which they were. It stays at the
 * worker.
 *
 * @param identity an object that is the same as long as the rows are
 * @param kind a word for what is looked at of a row: hashes of two kinds have nothing in common
 * @param hashes computes a hash of what each row holds, for training rows and for test rows; equal
 *     rows have equal ones, and rows without weight have none
 * @param part what an answer depends on
 */
public record HeldRows(Object identity, String kind, Supplier<List<long[]>> hashes, RowPart part) {}
