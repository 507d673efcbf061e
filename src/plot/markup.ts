/** Well-formed XML as text. Only {@link element}, {@link text} and {@link serialize} make it, so nothing reaches a picture unescaped. */
export type Markup = string & { readonly markup: unique symbol };

/** Values of attributes; an undefined one is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What {@link serialize} reads of a DOM node, so that this works with any DOM. */
interface DomNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly nodeValue: string | null;
  readonly attributes?: ArrayLike<{
    readonly name: string;
    readonly value: string;
  }>;
  readonly childNodes: ArrayLike<unknown>;
}

const ELEMENT = 1;
const TEXT = 3;

/** One element with its attributes in the order given. */
export function element(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) open += ` ${key}="${attributeText(value)}"`;
  }
  return (children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`) as Markup;
}

/** Text content, escaped. */
export function text(content: string): Markup {
  return escapeXml(content) as Markup;
}

/**
 * A DOM subtree as text, the same for every DOM: attributes sorted by name, coordinates to a tenth of a pixel.
 * (Each DOM's own serializer orders and escapes in its own way, and prints 15 digits per coordinate.)
 */
export function serialize(node: unknown): Markup {
  const { nodeType, localName, nodeValue, attributes, childNodes } = node as DomNode;
  if (nodeType === TEXT) return text(nodeValue ?? "");
  if (nodeType !== ELEMENT || !localName) return text("");
  const sorted = Array.from(attributes ?? [], ({ name, value }) => [name, shortenCoordinates(name, value)] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  return element(localName, Object.fromEntries(sorted), ...Array.from(childNodes, serialize));
}

function shortenCoordinates(name: string, value: string): string {
  const isCoordinate = name === "d" || name === "transform" || /^-?[\d.]+(e-?\d+)?$/.test(value);
  if (!isCoordinate || name.includes("opacity")) return value;
  return value.replace(/-?\d*\.\d+(e-?\d+)?/g, (digits) => shorten(Number(digits)));
}

function shorten(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

/** Characters that XML 1.0 cannot hold, not even escaped, among them halves of surrogate pairs. */
const FORBIDDEN = /(?![\t\n\r])\p{Control}|\p{Surrogate}|[\ufffe\uffff]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function attributeText(value: string | number): string {
  return typeof value === "number" ? shorten(value) : escapeXml(value).replaceAll('"', "&quot;");
}

function escapeXml(content: string): string {
  return content.replace(FORBIDDEN, "\ufffd").replace(/[&<>]/g, (character) => ENTITIES[character] as string);
}
