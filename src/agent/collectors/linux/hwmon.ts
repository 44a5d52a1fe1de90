import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * A temperature sensor, named by the device it belongs to, because `hwmonN` and `nvmeN` get new numbers at each boot.
 */
export interface Sensor {
  path: string;
  /** A file that contains 1 when the sensor is broken; null if there is none. */
  faultPath: string | null;
  id: string;
  name: string;
}

interface Chip {
  folder: string;
  /** The driver's name, without a number that only counts devices. */
  name: string;
  /** The place of the device: a serial number, an address on a bus; empty if unknown. */
  place: string;
  /** The name shown before its labels. */
  shown: string;
}

const PCI = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
/** Numbers in order of discovery, and folders that only group devices. */
const NOT_LASTING =
  /^(hwmon\d*|nvme\d*|nvme-subsystem|nvme-subsys\d+|i2c-\d+|host\d+|target[\d:]+|ieee80211|phy\d+|net|wl\w*\d|eth\d+|thermal|thermal_zone\d+|cooling_device\d+|usb\d+|scsi_host|ata\d+|link\d+|dev[\d.]+|virtual|power_supply|mdio_bus|devices|device|drm|card\d+|[0-9a-f]{0,4}:?\d+:\d+:\d+:\d+)$/;
const SHOWN_OF_A_SERIAL = 4;

/** Finds the sensors of `/sys/class/hwmon`, and of the thermal zones that hwmon does not show as well. */
export async function findSensors(sys: string): Promise<Sensor[]> {
  const chips = await Promise.all(
    (await list(join(sys, 'class', 'hwmon'))).map((entry) => readChip(sys, entry)),
  );
  const found = [...(await chipSensors(chips)), ...(await zoneSensors(sys, chips))];
  return toldApart(found);
}

/** Reads a sysfs file, without the line break. Empty if it cannot be read, e.g. while a sensor sleeps. */
export async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'latin1')).replaceAll('\0', '').trim();
  } catch {
    return '';
  }
}

async function readChip(sys: string, entry: string): Promise<Chip> {
  const folder = join(sys, 'class', 'hwmon', entry);
  const device = join(folder, 'device');
  const raw = (await readText(join(folder, 'name'))) || 'sensor';
  // Wireless drivers count their cards in the name.
  const name = raw.replace(/_(phy)?\d+$/, '');
  const owner = basename(await linkOf(device));
  const serial = (await readText(join(device, 'serial'))) || (await readText(join(device, 'wwid')));
  const place = serial || (await placeOf(sys, device, owner));
  const model = await readText(join(device, 'model'));
  return { folder, name, place: place === name ? '' : place, shown: shownName(name, model, serial, place) };
}

/** Names a disk by its model and the end of its serial number, other devices by their driver and place. */
function shownName(name: string, model: string, serial: string, place: string): string {
  if (serial !== '') {
    const end = serial.length > SHOWN_OF_A_SERIAL ? serial.slice(-SHOWN_OF_A_SERIAL) : serial;
    return `${model || name} ${end}`.replace(/\s+/g, ' ');
  }
  return place === '' || place.includes(':') || place.includes('/') || !isReadable(place) ? name : place;
}

const isReadable = (place: string) => /^[a-z][a-z0-9_.-]*$/i.test(place);

/** Returns the place of a device: the lasting parts of its path, or its sysfs name if there are none. */
async function placeOf(sys: string, device: string, owner: string): Promise<string> {
  const [path, devices] = await Promise.all([realPathOf(device), realPathOf(join(sys, 'devices'))]);
  if (path !== '' && devices !== '' && path.startsWith(`${devices}/`)) {
    const parts = path.slice(devices.length + 1).split('/');
    const controller = parts.findLastIndex((part) => PCI.test(part));
    const bus =
      controller < 0
        ? parts.slice(/^(platform|system)$/.test(parts[0] ?? '') ? 1 : 0)
        : parts.slice(controller);
    const all = bus.filter((part) => !NOT_LASTING.test(part)).map(withoutCount);
    const lasting = controller < 0 ? all.slice(-2) : all;
    const counted = scsiPlace(bus);
    if (lasting.length > 0) return [...lasting, ...counted].join('/');
  }
  const address = (await readText(join(device, 'address'))) || basename(await linkOf(join(device, 'device')));
  if (PCI.test(address)) return address;
  return /^thermal_zone\d+$/.test(owner) ? '' : withoutCount(owner);
}

/**
 * Returns the place of a disk behind a controller: its port there, because host numbers depend on the order of
 * discovery.
 */
function scsiPlace(parts: readonly string[]): string[] {
  const scsi = parts.findLast((part) => /^\d+:\d+:\d+:\d+$/.test(part));
  if (scsi === undefined) return [];
  const port = parts.find((part) => /^ata\d+$/.test(part));
  return [...(port === undefined ? [] : [port]), scsi.slice(scsi.indexOf(':') + 1)];
}

/**
 * Removes the part that does not last: the bus number of an I²C device (`1-0048`), or the count after the dot of a HID
 * device.
 */
function withoutCount(part: string): string {
  return part.replace(/^\d+-([0-9a-f]{4})$/, 'i2c-$1').replace(/^(\w{4}:\w{4}:\w{4})\.\w{4}$/, '$1');
}

async function chipSensors(chips: readonly Chip[]): Promise<Found[]> {
  const sensors: Found[] = [];
  for (const { folder, name, place, shown } of chips) {
    const files = await list(folder);
    for (const file of files) {
      const number = /^temp(\d+)_input$/.exec(file)?.[1];
      if (number === undefined) continue;
      const label = await readText(join(folder, `temp${number}_label`));
      const unnamed = number === '1' ? shown : `${shown} ${number}`;
      sensors.push({
        path: join(folder, file),
        faultPath: files.includes(`temp${number}_fault`) ? join(folder, `temp${number}_fault`) : null,
        id: [name, place, `temp${number}`].filter((part) => part !== '').join('/'),
        name: label === '' ? unnamed : label.startsWith(shown) ? label : `${shown} ${label}`,
        place,
        order: folder,
      });
    }
  }
  return sensors;
}

async function zoneSensors(sys: string, chips: readonly Chip[]): Promise<Found[]> {
  const known = new Set(chips.map(({ name }) => normal(name)));
  const sensors: Found[] = [];
  const thermal = join(sys, 'class', 'thermal');
  for (const entry of await list(thermal)) {
    if (!/^thermal_zone\d+$/.test(entry)) continue;
    const kind = (await readText(join(thermal, entry, 'type'))) || 'zone';
    if (known.has(normal(kind))) continue;
    const owner = basename(await linkOf(join(thermal, entry, 'device')));
    sensors.push({
      path: join(thermal, entry, 'temp'),
      faultPath: null,
      id: ['thermal', kind, owner].filter((part) => part !== '').join('/'),
      name: kind.replace(/[-_]thermal$/, ''),
      place: owner,
      order: entry,
    });
  }
  return sensors;
}

interface Found extends Sensor {
  place: string;
  /** Tells devices apart that are otherwise equal. */
  order: string;
}

/** Makes sensor ids unique; also makes the names unique if the places differ. */
function toldApart(found: readonly Found[]): Sensor[] {
  const names = new Map<string, number>();
  const ids = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
  for (const { name } of found) count(names, name);
  return [...found]
    .sort((a, b) => collate(a.id, b.id) || collate(a.order, b.order))
    .map(({ path, faultPath, id, name, place }) => {
      const isShared = (names.get(name) ?? 0) > 1;
      const copy = count(ids, id);
      const again = copy === 1 ? '' : ` #${copy}`;
      const where = !isShared || place === '' || name.includes(place) ? '' : ` (${place})`;
      return { path, faultPath, id: `${id}${again}`, name: `${name}${where}${again}` };
    });
}

const natural = new Intl.Collator('en', { numeric: true });
const collate = (a: string, b: string) => natural.compare(a, b);
const normal = (name: string) => name.replaceAll('-', '_').toLowerCase();
const linkOf = (path: string) => readlink(path).catch(() => '');
const realPathOf = (path: string) => realpath(path).catch(() => '');

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort(collate);
  } catch {
    // Virtual machines have no such folder.
    return [];
  }
}
