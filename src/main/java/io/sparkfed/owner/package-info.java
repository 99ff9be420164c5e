/**
 * What may be asked of an owner's rows. A {@link io.sparkfed.owner.Study} is everything a run may
 * ask, as bytes with a hash; the driver makes it and an analyst may sign it. A {@link
 * io.sparkfed.owner.QuestionPolicy} is what an owner allows, in its own file; it is read and
 * applied at the owner's worker alone, before a file is opened.
 */
package io.sparkfed.owner;
