/** Where the bytes of a download go. */
export interface FileSink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All bytes were written: the file becomes what it is called. */
  finish(): Promise<void>;
  /** Half a file must not look like a whole one. */
  discard(): Promise<void>;
}

interface SavePicker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<{ createWritable(): Promise<FileWriter> }>;
}

interface FileWriter {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Pieces are put together into blobs of this size, which browsers keep on disk. */
const BLOB_BYTES = 8 * 1024 * 1024;

/**
 * Asks where to save, where the browser can; otherwise the file arrives as a download when it is complete. Null when
 * the user thought better of it. Has to be called from a click.
 */
export async function openFileSink(name: string, mediaType: string): Promise<FileSink | null> {
  const picker = (window as SavePicker).showSaveFilePicker;
  if (!picker) return createBlobSink(name, mediaType);
  const extension = `.${name.split('.').at(-1) ?? 'txt'}`;
  try {
    const handle = await picker.call(window, {
      suggestedName: name,
      types: [{ description: 'Samples', accept: { [mediaType]: [extension] } }],
    });
    const writer = await handle.createWritable();
    return {
      write: (bytes) => writer.write(bytes),
      finish: () => writer.close(),
      discard: () => writer.abort().catch(() => undefined),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // Browsers refuse it in places where downloads are fine.
    return createBlobSink(name, mediaType);
  }
}

export function createBlobSink(name: string, mediaType: string): FileSink {
  let parts: BlobPart[] = [];
  let loose = 0;
  return {
    write(bytes) {
      parts.push(bytes);
      loose += bytes.byteLength;
      if (loose >= BLOB_BYTES) {
        parts = [new Blob(parts)];
        loose = 0;
      }
      return Promise.resolve();
    },
    finish() {
      const url = URL.createObjectURL(new Blob(parts, { type: mediaType }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      // The download has its own hold on the blob once it has begun.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      parts = [];
      return Promise.resolve();
    },
    discard() {
      parts = [];
      return Promise.resolve();
    },
  };
}
