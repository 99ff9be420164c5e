/** What the unit tests share: small tables of rows, finite differences, oracles, public data. */
package io.sparkfed.testing;
