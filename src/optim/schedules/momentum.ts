/** What schedules that cycle the momentum against the learning rate share. */
import { ValueError } from "../../errors.ts";
import type { Schedule, ScheduledGroup } from "./scheduler.ts";

/** Which option is the momentum of an optimizer: its own, or the first of betas. Throws when there is neither. */
export function momentumOption(schedule: Schedule): "momentum" | "betas" {
  const { defaults } = schedule.optimizer;
  if ("betas" in defaults) return "betas";
  if ("momentum" in defaults) return "momentum";
  throw new ValueError(
    `${schedule.constructor.name}: the optimizer must have momentum or betas with cycleMomentum; ` +
      `pass { cycleMomentum: false } for ${schedule.optimizer.constructor.name}`,
  );
}

export function setMomentum(group: ScheduledGroup, option: "momentum" | "betas", value: number): void {
  if (option === "momentum") group.momentum = value;
  else group.betas = [value, (group.betas as readonly [number, number])[1]];
}
