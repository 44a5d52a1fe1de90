import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeAppliance } from './appliances';
import { describeMetric, METRICS } from './catalogue';
import { describeByWords } from './catalogue-words';
import { describeTelegraf } from './telegraf';

describe('the metric catalogue', () => {
  it('has each name once, with a title, a group and a sentence', () => {
    expect(new Set(METRICS.map((m) => m.name)).size).toBe(METRICS.length);
    for (const metric of METRICS) {
      expect(metric.title).not.toBe('');
      expect(metric.group).not.toBe('');
      expect(metric.description).toMatch(/\.$/);
    }
  });

  it.each([
    ['system.cpu.utilization', 'CPU', '1'],
    ['temp', 'Temperature', 'Cel'],
    ['greenhouse.temp', 'Temperature', 'Cel'],
    ['bme280_humidity', 'Humidity', '%'],
    ['outdoorTemp', 'Temperature', 'Cel'],
    ['temp_f', 'Temperature', '[degF]'],
    ['temp1', 'Temperature', 'Cel'],
    ['vbat_mv', 'Battery voltage', 'mV'],
    ['heap_free', 'Free heap', 'By'],
    ['wifi.rssi', 'Signal', 'dBm'],
    ['sensors.pressure_hpa', 'Pressure', 'hPa'],
    ['request_duration_ms', 'Request duration', 'ms'],
    ['disk.read_bytes_per_sec', 'Disk read rate', 'By/s'],
    ['voltage.a', 'Voltage', 'V'],
    ['voltage.b', 'Voltage', 'V'],
    ['voltage.c', 'Voltage', 'V'],
    ['voltage_c', 'Voltage', 'V'],
    ['voltage.s', 'Voltage', 'V'],
    ['voltage.w', 'Voltage', 'V'],
    ['em.0.voltage.l1n', 'Voltage', 'V'],
    ['voltages.grid', 'Voltage', 'V'],
    ['current.l1', 'Current', 'A'],
    ['current.c', 'Current', 'A'],
    ['power.total', 'Power', 'W'],
    ['power.a', 'Power', 'W'],
    ['power_total', 'Power', 'W'],
    ['apparent_power', 'Power', 'V.A'],
    ['temp.kitchen', 'Temperature', 'Cel'],
    ['temp.a', 'Temperature', 'Cel'],
    ['temps.cpu_0', 'Temperature', 'Cel'],
    ['temp.f', 'Temperature', '[degF]'],
    ['temperature_c', 'Temperature', 'Cel'],
    ['tmp', 'Temperature', 'Cel'],
    ['attic.tmp', 'Temperature', 'Cel'],
    ['battery.v', 'Battery', 'V'],
    ['battery_mv', 'Battery', 'mV'],
    ['grid.frequency', 'Frequency', 'Hz'],
    ['motor_a', 'Motor', 'A'],
    ['current_mA', 'Current', 'mA'],
    ['power_mW', 'Power', 'mW'],
    ['energy_kWh', 'Energy', 'kW.h'],
    ['pressure_hPa', 'Pressure', 'hPa'],
    ['rssi_dBm', 'Signal', 'dBm'],
    ['pm1_0', 'PM1', 'ug/m3'],
    ['pm2_5', 'PM2.5', 'ug/m3'],
    ['sds011.PM2.5', 'PM2.5', 'ug/m3'],
    ['pm10', 'PM10', 'ug/m3'],
    ['pm10_0', 'PM10', 'ug/m3'],
    ['co2', 'CO₂', '[ppm]'],
    ['SCD40.CarbonDioxide', 'CO₂', '[ppm]'],
    ['CCS811.eCO2', 'CO₂ equivalent', '[ppm]'],
    ['tvoc', 'TVOC', '[ppb]'],
    ['illuminance_lux', 'Light', 'lx'],
    ['wind_speed', 'Wind', 'm/s'],
    ['windSpeed_kmh', 'Wind', 'km/h'],
    ['wind_direction', 'Wind direction', 'deg'],
    ['solarradiation', 'Solar radiation', 'W/m2'],
    ['dew_point', 'Dew point', 'Cel'],
    ['power_factor', 'Power factor', '1'],
    ['energy_today', 'Energy', 'W.h'],
    ['total_kwh', 'Total', 'kW.h'],
    ['pressure_bar', 'Pressure', 'bar'],
    ['ENERGY.Total', 'Energy', 'kW.h'],
    ['ENERGY.Yesterday', 'Energy', 'kW.h'],
    ['mqtt_consumer.ENERGY_Today', 'Energy', 'kW.h'],
    ['ENERGY.Power', 'Power', 'W'],
    ['ENERGY.ApparentPower', 'Power', 'V.A'],
    ['ENERGY.ReactivePower', 'Power', 'var'],
    ['ENERGY.Factor', 'Power factor', '1'],
    ['ENERGY.Voltage', 'Voltage', 'V'],
    ['ENERGY.Current', 'Current', 'A'],
    ['Wifi.RSSI', 'Signal', '%'],
    ['Wifi.Signal', 'Signal', 'dBm'],
    ['switch.apower', 'Power', 'W'],
    ['switch.aenergy.total', 'Energy', 'W.h'],
    ['switch.aenergy.by_minute', 'Energy by minute', 'mW.h'],
    ['switch.pf', 'Power factor', '1'],
    ['switch.temperature.tC', 'Temperature', 'Cel'],
    ['em.a_aprt_power', 'Power', 'V.A'],
    ['emdata.total_act', 'Energy', 'W.h'],
    ['BME280_pressure', 'Pressure', 'Pa'],
    ['BME280.Pressure', 'Pressure', 'hPa'],
    ['tempinf', 'Temperature', '[degF]'],
    ['baromrelin', 'Pressure', "[in_i'Hg]"],
  ])('recognises %s as %s in %s, and marks the guess', (name, title, unit) => {
    const isGuess = !METRICS.some((metric) => metric.name === name);
    expect(describeMetric(name)).toMatchObject({ name, title, unit, isGuess });
  });

  it('takes a name that ends in "total" for a counter', () => {
    expect(describeMetric('node_network_receive_bytes_total')).toMatchObject({ kind: 'counter', unit: 'By' });
  });

  it('says nothing about names that say nothing', () => {
    expect(describeMetric('foo')).toBeNull();
    for (const name of [
      'write_back_tmp',
      'disk.dir_tmp',
      'current.users',
      'temp.count',
      'color_temp',
      'foo_bar',
      'm.v',
      'rpi.F',
      'attic_co_op',
      'temp.unit',
    ])
      expect(describeMetric(name)?.unit ?? '', name).toBe('');
    expect(describeMetric('network.bytes_recv_rate_per_sec')).toBeNull();
    expect(describeMetric('')).toBeNull();
    expect(describeMetric('__proto__')).toBeNull();
    expect(describeMetric('constructor')).toBeNull();
  });

  it('answers any name from memory as it would anew, however many were asked for before', () => {
    const known = fc.constantFrom(
      'temp',
      'outdoorTemp',
      'system.cpu.utilization',
      'cpu.usage_idle',
      'foo',
      '',
    );
    fc.assert(
      fc.property(fc.oneof(known, fc.string({ maxLength: 300 })), (name) => {
        const anew =
          METRICS.find((metric) => metric.name === name) ??
          describeTelegraf(name) ??
          describeAppliance(name) ??
          describeByWords(name);
        expect(describeMetric(name)).toEqual(anew);
        expect(describeMetric(name)).toEqual(anew);
      }),
    );
    for (let i = 0; i < 5_000; i++) describeMetric(`name${i}.temp`);
    expect(describeMetric('outdoorTemp')).toEqual(describeByWords('outdoorTemp'));
  });
});
