/** A setting, flag, URL or file asks for something that cannot be. Message: `operation: requirement, got value`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Arrays or tensors whose sizes do not fit each other. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** A compute device is missing, was lost, or gave a wrong answer. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}

/** A number that would reach the weights is NaN or infinite. Nothing was changed. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** A compute device has no memory left for the work, even in smaller parts. Nothing was changed. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}

/** A checkpoint or weights file that cannot be read or does not match. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** The browser's or the disk's storage refused to read or write. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

/** Another tab opened the run and writes it now; nothing was written. */
export class TakenOverError extends StorageError {}

/** A newer version of the page has taken over the database; this one writes nothing any more. */
export class OutdatedPageError extends StorageError {}

/**
 * Closes a switch over a union: a missing case does not compile.
 *
 * @throws {ConfigError} if data from outside reached it all the same
 */
export function assertNever(value: never): never {
  throw new ConfigError(`assertNever: every case is handled, got ${JSON.stringify(value)}`);
}
