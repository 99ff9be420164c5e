/**
 * Messages for users from packages that don't know how users set anything: they name settings as
 * values, and who faces the user says what those are called.
 */
package io.sparkfed.hint;
