/**
 * The errors nabla throws. Catch {@link NablaError} for all of them, or one class; `error.code` is stable across versions.
 * Messages have the form `op: rule; got values`, with the likely fix.
 *
 * @example
 * try { a.matmul(b); }
 * catch (error) { if (error instanceof ShapeError) console.error(error.code, error.message); }
 */

/** The base of every error nabla throws. `cause` holds the error underneath, if there is one. */
export class NablaError extends Error {
  static {
    identify(NablaError, "NablaError", "ERR_NABLA");
  }
  /** A stable identifier such as `"ERR_SHAPE"`. */
  declare readonly code: string;
}

/** Sizes or numbers of dimensions that do not fit together. */
export class ShapeError extends NablaError {
  static {
    identify(ShapeError, "ShapeError", "ERR_SHAPE");
  }
}

/** A dtype that an operation does not take, or dtypes that do not go together. */
export class DTypeError extends NablaError {
  static {
    identify(DTypeError, "DTypeError", "ERR_DTYPE");
  }
}

/** An index, dimension or class label outside its range. */
export class IndexError extends NablaError {
  static {
    identify(IndexError, "IndexError", "ERR_INDEX");
  }
}

/** Any other argument whose value is not allowed: a negative learning rate, an unknown option, … */
export class ValueError extends NablaError {
  static {
    identify(ValueError, "ValueError", "ERR_VALUE");
  }
}

/** A misuse of autograd: backward without a graph, twice through a freed graph, through a value changed in place, … */
export class GradError extends NablaError {
  static {
    identify(GradError, "GradError", "ERR_GRAD");
  }
}

/** A device that does not exist here, or tensors that live on different devices. */
export class DeviceError extends NablaError {
  static {
    identify(DeviceError, "DeviceError", "ERR_DEVICE");
  }
}

/** A module that is put together or used wrongly: not owned, registered twice, a name taken, … */
export class ModuleError extends NablaError {
  static {
    identify(ModuleError, "ModuleError", "ERR_MODULE");
  }
}

/** A state dict that does not fit the module or optimizer it is loaded into. */
export class StateDictError extends NablaError {
  static {
    identify(StateDictError, "StateDictError", "ERR_STATE_DICT");
  }
}

/** Bytes that are not what their format says: a corrupt, truncated or foreign file. */
export class FormatError extends NablaError {
  static {
    identify(FormatError, "FormatError", "ERR_FORMAT");
  }
}

/** A file or folder that cannot be read or written; `path` names it and `cause` is the system's error. */
export class FileError extends NablaError {
  static {
    identify(FileError, "FileError", "ERR_FILE");
  }
  /** The file or folder concerned. */
  readonly path: string;

  constructor(message: string, path: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** A dataset that is not found, cannot be downloaded, or does not have its published checksum. */
export class DataError extends NablaError {
  static {
    identify(DataError, "DataError", "ERR_DATA");
  }
}

/** A backend (native addon or WASM) that cannot be loaded or does not fit this package. */
export class BackendError extends NablaError {
  static {
    identify(BackendError, "BackendError", "ERR_BACKEND");
  }
}

/** A kernel that is missing, is called wrongly or reports a failure: a defect of nabla, not of the program. */
export class KernelError extends NablaError {
  static {
    identify(KernelError, "KernelError", "ERR_KERNEL");
  }
}

/** Memory that cannot be had: a tensor too large for this machine or this backend. */
export class MemoryError extends NablaError {
  static {
    identify(MemoryError, "MemoryError", "ERR_MEMORY");
  }
}

/** Puts name and code on the prototype, so that the stack's first line already carries the name and minifiers keep it. */
function identify(type: { prototype: NablaError }, name: string, code: string): void {
  const hidden = { writable: true, configurable: true, enumerable: false };
  Object.defineProperties(type.prototype, {
    name: { ...hidden, value: name },
    code: { ...hidden, value: code },
  });
}
