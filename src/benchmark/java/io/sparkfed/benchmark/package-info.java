/** Measurements of what parts of the library cost, run by {@code jobs/benchmark}. */
package io.sparkfed.benchmark;
