import { testFamily } from "./testing.ts";

testFamily("toolbox");
