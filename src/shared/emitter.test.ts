import { describe, expect, it } from 'vitest';
import { Emitter } from './emitter';
import { listenerFaults, silentLogger } from './logger';

describe('an emitter', () => {
  it('runs the other listeners when one throws, and tells its log the stack', () => {
    const logged: { message: string; fields: Record<string, unknown> | undefined }[] = [];
    const log = {
      ...silentLogger,
      error: (message: string, fields?: Record<string, unknown>) => void logged.push({ message, fields }),
    };
    const emitter = new Emitter<string>(listenerFaults(log));
    const heard: string[] = [];
    emitter.on(function brokenListener() {
      throw new Error('this listener is broken');
    });
    emitter.on((event) => heard.push(event));
    emitter.emit('news');
    expect(heard).toEqual(['news']);
    expect(logged).toHaveLength(1);
    expect(logged[0]?.fields).toMatchObject({ code: 'LISTENER_FAILED' });
    expect(logged[0]?.fields?.['stack']).toMatch(/Error: this listener is broken\n\s+at brokenListener /);
  });

  it('without a log, leaves the fault uncaught instead of hiding it', async () => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
    const fault = new Error('nobody takes this');
    const emitter = new Emitter<void>();
    const heard: string[] = [];
    emitter.on(() => {
      throw fault;
    });
    emitter.on(() => heard.push('the second'));
    emitter.emit();
    expect(await uncaught).toBe(fault);
    expect(heard).toEqual(['the second']);
    for (const other of others) process.on('uncaughtException', other);
  });
});
