import { testFamily } from "./testing.ts";

testFamily("losses");
