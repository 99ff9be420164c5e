/**
 * What the integration tests share: a recorder of Spark's events, a tap on the wire, a standalone
 * cluster of Spark's own daemons, and small data sets.
 */
package io.sparkfed.it;
