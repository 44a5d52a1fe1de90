import { EventEmitter } from 'node:events';
import { dialog } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CapturingLog } from '../../../tests/fakes/capturing-log';
import { fakeSession } from '../../../tests/fakes/electron';
import { setupDownloads } from './downloads';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

class FakeDownload extends EventEmitter {
  setSaveDialogOptions = vi.fn();

  constructor(
    readonly url: string,
    readonly mediaType = 'text/csv',
  ) {
    super();
  }
  getURL = () => this.url;
  getFilename = () => 'nas.csv';
  getMimeType = () => this.mediaType;
  getSavePath = () => '/full/nas.csv';
  getReceivedBytes = () => 0;
}

let log: CapturingLog;
let target: ReturnType<typeof fakeSession>;
beforeEach(() => {
  vi.mocked(dialog.showMessageBox).mockClear();
  log = new CapturingLog();
  target = fakeSession();
  setupDownloads(log, target as never);
});

function begin(item: FakeDownload): { isRefused: boolean } {
  const event = { preventDefault: vi.fn() };
  target.emit('will-download', event, item);
  return { isRefused: event.preventDefault.mock.calls.length > 0 };
}

describe('a download', () => {
  it.each([
    ['blob:app://wirewatch/1', false],
    ['app://wirewatch/api/v1/export?device=nas', false],
    ['https://evil.example/virus.exe', true],
    ['app://wirewatch/index.html', true],
  ])('is refused unless the UI made it: %s %s', (url, isRefused) => {
    expect(begin(new FakeDownload(url))).toEqual({ isRefused });
  });

  it.each([
    ['text/csv', 'Save samples'],
    ['application/x-ndjson', 'Save samples'],
    ['image/png', 'Save image'],
    ['application/json', 'Save board'],
  ])('of %s asks where to save it under the title "%s"', (mediaType, title) => {
    const item = new FakeDownload('blob:app://wirewatch/1', mediaType);
    begin(item);
    const [options] = item.setSaveDialogOptions.mock.calls[0] as [{ title: string; defaultPath: string }];
    expect(options.title).toBe(title);
    expect(options.defaultPath).toMatch(/downloads.nas\.csv$/);
  });

  it('that the system refuses to write is told, with its path', () => {
    const item = new FakeDownload('blob:app://wirewatch/1');
    begin(item);
    item.emit('done', {}, 'interrupted');
    expect(dialog.showMessageBox).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        message: '“nas.csv” could not be saved',
        detail: expect.stringContaining('/full/nas.csv') as string,
      }),
    );
    expect(log.lines).toMatchObject([{ fields: { code: 'DOWNLOAD_FAILED' } }]);
  });

  it.each(['completed', 'cancelled'])('that is %s says nothing more', (state) => {
    const item = new FakeDownload('blob:app://wirewatch/1');
    begin(item);
    item.emit('done', {}, state);
    expect(dialog.showMessageBox).not.toHaveBeenCalled();
    expect(log.lines).toEqual([]);
  });
});
