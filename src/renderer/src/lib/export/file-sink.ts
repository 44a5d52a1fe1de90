/** The destination of a download. */
export interface FileSink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Completes the file under its final name after all bytes were written. */
  finish(): Promise<void>;
  /** Removes an incomplete file, so that it cannot be mistaken for a complete one. */
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

/** Pieces are joined into blobs of this size, which browsers keep on disk. */
const BLOB_BYTES = 8 * 1024 * 1024;

/**
 * Asks where to save if the browser supports it; otherwise the complete file arrives as a download. Null if the user
 * cancelled. Must be called from a click.
 */
export async function openFileSink(
  name: string,
  mediaType: string,
  description = 'Samples',
): Promise<FileSink | null> {
  const picker = (window as SavePicker).showSaveFilePicker;
  if (!picker) return createBlobSink(name, mediaType);
  const extension = `.${name.split('.').at(-1) ?? 'txt'}`;
  try {
    const handle = await picker.call(window, {
      suggestedName: name,
      types: [{ description, accept: { [mediaType]: [extension] } }],
    });
    const writer = await handle.createWritable();
    return {
      write: (bytes) => writer.write(bytes),
      finish: () => writer.close(),
      discard: () => writer.abort().catch(() => undefined),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // Browsers may refuse the picker in contexts where downloads still work.
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
      // Once the download has begun, it holds its own reference to the blob.
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
