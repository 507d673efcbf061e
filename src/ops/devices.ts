/** Where tensors can live. */
import { DeviceError } from "../errors.ts";

/**
 * The devices of this machine.
 *
 * @example
 * devices(); // ["cpu"]
 */
export function devices(): string[] {
  return ["cpu"];
}

/** Throws unless the device exists. */
export function checkDevice(op: string, name: string): void {
  if (!devices().includes(name)) {
    throw new DeviceError(
      `${op}: there is no device ${JSON.stringify(name)}; this machine has ${devices().join(", ")}`,
    );
  }
}
