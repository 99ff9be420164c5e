/**
 * What is found over all workers before the first round, each by secure sums: levels of categories,
 * values to fill in, moments, labels, who holds test rows, a fingerprint of the data.
 *
 * <p>Place: the driver.
 */
package io.sparkfed.federated.survey;
