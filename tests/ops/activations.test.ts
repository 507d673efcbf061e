import { testFamily } from "./testing.ts";

testFamily("activations");
