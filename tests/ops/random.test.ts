import { testFamily } from "./testing.ts";

testFamily("random");
