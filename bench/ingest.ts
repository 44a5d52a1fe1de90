import { median } from './median';
import { RECORDING, runProgram, startBareServer, startHub } from './programs';
import { connectUi } from './ui-client';

const ROUNDS = 4;
const SECONDS = 2.5;
const OUT_OF_THE_WAY = 1_000_000_000;

export interface IngestResult {
  bareSamplesPerSec: number;
  hubSamplesPerSec: number;
  ratio: number;
}

/** Runs the same load on bare `ws` + `JSON.parse` and on the whole hub with a feed open, in turn; returns medians. */
export async function benchIngest(): Promise<{ rows: IngestResult; metrics: IngestResult }> {
  return { rows: await compare('rows'), metrics: await compare('metrics') };
}

async function compare(kind: 'rows' | 'metrics'): Promise<IngestResult> {
  const bare: number[] = [];
  const hub: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await measureBare(kind));
    hub.push(await measureHub(kind));
  }
  const ratios = hub.map((value, i) => value / (bare[i] ?? 1));
  return {
    bareSamplesPerSec: Math.round(median(bare)),
    hubSamplesPerSec: Math.round(median(hub)),
    ratio: Math.round(median(ratios) * 1_000) / 1_000,
  };
}

async function measureBare(kind: string): Promise<number> {
  const server = await startBareServer();
  try {
    return await load(server.port, 'bare', kind);
  } finally {
    await server.stop();
  }
}

async function measureHub(kind: string): Promise<number> {
  const server = await startHub(
    {
      messagesPerSec: OUT_OF_THE_WAY,
      samplesPerSec: OUT_OF_THE_WAY,
      bytesPerSec: OUT_OF_THE_WAY,
      controlFramesPerSec: OUT_OF_THE_WAY,
      unauthenticatedPerAddress: OUT_OF_THE_WAY,
    },
    false,
  );
  const ui = await connectUi(server.port);
  let frames = 0;
  // One feed, like that of a person looking at a fleet: a few series of every device, as they appear.
  const feed = ui.api.openFeed({ series: [], windowMs: 60_000, flushMs: 100 }, () => frames++);
  const looking = setInterval(() => {
    ui.api.call('listDevices', {}).then(
      (devices) => {
        feed.update({ series: devices.flatMap(({ headline }) => headline.map((one) => one.series)) });
      },
      // The last request may still be in progress when the UI leaves.
      () => {},
    );
  }, 500);
  try {
    const samplesPerSec = await load(server.port, 'hub', kind);
    if (frames === 0) throw new Error('the feed carried nothing');
    return samplesPerSec;
  } finally {
    clearInterval(looking);
    ui.close();
    await server.stop();
  }
}

async function load(port: number, target: string, kind: string): Promise<number> {
  const { samplesPerSec } = await runProgram('ingest-load', [
    String(port),
    target,
    kind,
    RECORDING,
    String(SECONDS),
  ]);
  return Number(samplesPerSec);
}
