/** What marks modules, so that rooms below `nn` know them without loading the class. */
export const MODULE: unique symbol = Symbol.for("nabla.Module");
