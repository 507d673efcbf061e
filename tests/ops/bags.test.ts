import { testFamily } from "./testing.ts";

testFamily("bags");
