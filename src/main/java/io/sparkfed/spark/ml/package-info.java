/**
 * The estimators, with MLlib's params, pipelines and models: a fit is a training of the federation.
 * Also models as MLlib's, and MLlib's own training on pooled rows to compare with. Runs at the
 * driver.
 */
package io.sparkfed.spark.ml;
