import type { MetricDescription } from './metric-description';
import { titleOf, wordsOf } from './words';

type Row = readonly [name: RegExp, unit: string, title: string, group: string];

const POWER = 'Power';
const CLIMATE = 'Climate';
const SIGNAL = 'Signal';
const BOARD = 'Board';

/**
 * Names of common appliances whose unit is not the usual one of their words. Letters count as they are written, because
 * `ENERGY.Total` is Tasmota's and `energy.total` anybody's. The first matching row is used; an empty title is made of the
 * name's words.
 */
const ROWS: readonly Row[] = [
  // Tasmota ("MQTT", "Power Monitoring" and "Supported Peripherals" of its documentation).
  [/(?:^|[._])ENERGY[._](?:Total|Today|Yesterday|(?:Ex|Im)portActive)(?:$|\.)/, 'kW.h', 'Energy', POWER],
  [/(?:^|[._])ENERGY[._](?:Ex|Im)portReactive(?:$|\.)/, 'kvar.h', 'Reactive energy', POWER],
  [/(?:^|[._])ENERGY[._]Period(?:$|\.)/, 'W.h', 'Energy', POWER],
  [/(?:^|[._])ENERGY[._]Factor(?:$|\.)/, '1', 'Power factor', POWER],
  [/(?:^|[._])Wifi[._]RSSI$/, '%', 'Signal', SIGNAL],
  [/^(?:.*\.)?Heap$/, 'KiBy', 'Free heap', BOARD],
  [/(?:^|[._])BME680[._]Gas$/, 'kOhm', 'Gas resistance', CLIMATE],
  [/(?:^|[._])PMS\w*[._]CF(?:1|2_?[.]?5|10)$/, 'ug/m3', 'Particles', CLIMATE],
  // Shelly, the second generation and later ("Gen2+ Device API", components and services).
  [/\baenergy\.by_minute$/, 'mW.h', 'Energy by minute', POWER],
  [/^em1?data\.(?:[abcn]_)?total_act(?:_ret)?$/, 'W.h', 'Energy', POWER],
  [/^sys\.(?:ram|fs|psram)_(?:size|free|min_free)$/, 'By', '', BOARD],
  [/^cover\.(?:current|target)_pos$/, '%', 'Position', BOARD],
  [/^(?:light|rgbw?|cct)\.brightness$/, '%', 'Brightness', BOARD],
  // Shelly, the first generation.
  [/^emeters?\.(?:total|total_returned)$/, 'W.h', 'Energy', POWER],
  // sensor.community (airrohr): pressure is in pascals there, and P1 is PM10.
  [/(?:^|\.)(?:BM[EP]280|BMP|BME)_pressure$/, 'Pa', 'Pressure', CLIMATE],
  [/(?:^|\.)(?:SDS|PMS|HPM|SPS30)_P0$/, 'ug/m3', 'PM1', CLIMATE],
  [/(?:^|\.)(?:SDS|PMS|HPM|SPS30)_P1$/, 'ug/m3', 'PM10', CLIMATE],
  [/(?:^|\.)(?:SDS|PMS|HPM|SPS30)_P2$/, 'ug/m3', 'PM2.5', CLIMATE],
  // Weather stations that speak the protocols of Ecowitt, Ambient and Weather Underground.
  [/(?:^|\.)(?:temp(?:in)?f|temp\d+f|tf_ch\d+)$/, '[degF]', 'Temperature', CLIMATE],
  [/(?:^|\.)(?:dewptf|dewpointf)$/, '[degF]', 'Dew point', CLIMATE],
  [/(?:^|\.)(?:windchillf|feelslikef|heatindexf)$/, '[degF]', 'Feels like', CLIMATE],
  [/(?:^|\.)(?:humidity(?:in|\d+)|indoorhumidity)$/, '%', 'Humidity', CLIMATE],
  [/(?:^|\.)soilmoisture\d*$/, '%', 'Moisture', CLIMATE],
  [/(?:^|\.)barom(?:rel|abs)?in$/, "[in_i'Hg]", 'Pressure', CLIMATE],
  [/(?:^|\.)windspeedmph(?:_\w+)?$/, '[mi_i]/h', 'Wind', CLIMATE],
  [/(?:^|\.)(?:windgustmph(?:_\w+)?|maxdailygust)$/, '[mi_i]/h', 'Gusts', CLIMATE],
  [/(?:^|\.)(?:rainratein|rain_rate_in)$/, '[in_i]/h', 'Rain', CLIMATE],
  [/(?:^|\.)(?:hourly|daily|event|weekly|monthly|yearly|total)rainin$/, '[in_i]', 'Rain', CLIMATE],
];

/** Describes a name of a common appliance; null for other names. It is a guess: others may use the same name. */
export function describeAppliance(name: string): MetricDescription | null {
  if (name.length > 256) return null;
  const row = ROWS.find(([known]) => known.test(name));
  if (!row) return null;
  const [, unit, title, group] = row;
  const shown = title === '' ? titleOf(wordsOf(name.slice(name.lastIndexOf('.') + 1))) : title;
  return { name, title: shown, unit, isGuess: true, kind: 'gauge', group, description: '' };
}
