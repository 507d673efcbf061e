import { testFamily } from "./testing.ts";

testFamily("creation");
