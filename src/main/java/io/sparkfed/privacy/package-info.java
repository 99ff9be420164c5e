/**
 * What bounds and blurs a single worker's contribution before it is protected. Runs at the workers.
 */
package io.sparkfed.privacy;
