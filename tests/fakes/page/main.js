import '../../../src/renderer/src/lib/theme/fonts.css';
import '../../../src/renderer/src/lib/theme/tokens.css';
import '../../../src/renderer/src/lib/theme/base.css';
import { mount } from 'svelte';
import Shell from '../../../src/renderer/src/Shell.svelte';
import { createFakeHub } from '../fake-hub-api';

// The whole UI with a hub that needs no network: `?devices=1000&pending=2`, `?store=memory&problem`, `?slow=800`,
// `?role=viewer`, `?broken` (no TLS, no discovery). The hub is `window.fakeHub`.
const query = new URLSearchParams(location.search);
const api = createFakeHub({
  devices: Number(query.get('devices') ?? 25),
  pending: Number(query.get('pending') ?? 0),
  slowMs: Number(query.get('slow') ?? 0),
  role: query.get('role') === 'viewer' ? 'viewer' : 'admin',
  broken: query.has('broken'),
  store: query.get('store') ?? 'sqlite',
  storeProblem: query.has('problem')
    ? { code: 'STORE_FULL', message: 'The disk is full: nothing new is kept until there is room again.' }
    : null,
});
Object.assign(window, { fakeHub: api });
const target = document.getElementById('app');
if (target) mount(Shell, { target, props: { api } });
