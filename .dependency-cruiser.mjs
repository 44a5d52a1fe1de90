/** `npm run cycles`: no production file imports itself through others, imports of types included. */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      // A menu's entries may be menus: the component draws itself.
      from: { pathNot: '^src/renderer/src/lib/components/MenuItems\\.svelte$' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|\\.test\\.ts$|/testing/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.web.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte.ts', '.js', '.svelte'] },
  },
};
