/**
 * What a data owner's own process does with a request of {@link io.sparkfed.spark.agents}: it reads
 * the owner's rows with a Spark session of its own, packs and keeps them, and answers for them
 * under the owner's policy. What is asked is bytes, and what is answered is; no code of a driver's
 * runs here.
 */
package io.sparkfed.spark.service;
