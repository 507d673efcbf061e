import { testFamily } from "./testing.ts";

testFamily("attention");
