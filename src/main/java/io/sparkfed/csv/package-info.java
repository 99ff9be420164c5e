/**
 * How csv files are read, without Spark: what separates their cells, what names their columns,
 * which cells are missing and what type the others have. Runs where the files are; what it throws
 * says which rule a file breaks and in which record, and never what stands there.
 */
package io.sparkfed.csv;
