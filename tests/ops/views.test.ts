import { testFamily } from "./testing.ts";

testFamily("views");
