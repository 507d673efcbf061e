/** Where tensors can live. */
import { DeviceError } from "../errors.ts";
import { checkDType, nearest } from "../tensor/dtypes.ts";

/**
 * The devices of this machine.
 *
 * @example
 * devices(); // ["cpu"]
 */
export function devices(): string[] {
  return ["cpu"];
}

/** Throws unless the device exists; for the name of a dtype as what it is. */
export function checkDevice(op: string, name: string): void {
  if (!devices().includes(name)) {
    if (nearest(name)) checkDType(op, name);
    throw new DeviceError(
      `${op}: there is no device ${JSON.stringify(name)}; this machine has ${devices().join(", ")}`,
    );
  }
}
